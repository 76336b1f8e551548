// What keeps the server from starting: one message that says what to do, with buttons that do it.
import { type Command, commands, window } from "vscode";

export interface Missing {
  kind: "missing";
  message: string;
  actions: Command[];
}

export const INSTALL: Command = { title: "Install", command: "lakewright.setUpServer" };
export const RESTART: Command = { title: "Try Again", command: "lakewright.restart" };
export const LOG: Command = { title: "Show Log", command: "lakewright.showLog" };
export const SETTINGS: Command = {
  title: "Open Settings",
  command: "workbench.action.openSettings",
  arguments: ["lakewright.path"],
};

export const missing = (message: string, ...actions: Command[]): Missing => ({ kind: "missing", message, actions });

/** The server that ended though nobody asked it to. */
export const died = (file: string): Missing =>
  missing(`Lakewright's server ${file} ended unexpectedly; the log may say why.`, RESTART, LOG);

/** It ends when a button is chosen or the message is closed. */
export async function showMissing({ message, actions }: Missing): Promise<void> {
  const chosen = await window.showErrorMessage(message, ...actions.map(({ title }) => title));
  const action = actions.find(({ title }) => title === chosen);
  if (action) await commands.executeCommand(action.command, ...((action.arguments ?? []) as unknown[]));
}
