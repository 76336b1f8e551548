// The server's place in VS Code: which one to start, when another may be chosen, set-up and removal on request.
import { readdir } from "node:fs/promises";
import {
  commands,
  env,
  type ExtensionContext,
  extensions,
  type LogOutputChannel,
  ProgressLocation,
  Uri,
  window,
  workspace,
} from "vscode";
import { findServer, type ServerChoice } from "./server-find";
import { onInterpreterChange, selectedInterpreter } from "./server-interpreter";
import { environments, remove } from "./server-own";
import type { Missing } from "./server-problems";
import { codeOf } from "./server-process";
import { type Made, makeEnvironment } from "./server-setup";

export { causeOfDeath, type ServerChoice } from "./server-find";
export { died, type Missing, type Remedy } from "./server-problems";

/** The server to start. Never throws, never asks. */
export async function resolveServer(context: ExtensionContext, log: LogOutputChannel): Promise<ServerChoice> {
  const say = (text: string): void => {
    log.warn(text);
  };
  const choice = await findServer({
    setting: workspace.getConfiguration("lakewright").inspect<string>("path")?.globalValue ?? "",
    interpreter: () => interpreter(say),
    path: process.env.PATH ?? "",
    storage: context.globalStorageUri.fsPath,
    wheel: await carriedWheel(context),
    log: say,
  });
  if (choice.kind === "found") log.info(`Server ${choice.version}: ${choice.command} (${choice.from}).`);
  return choice;
}

/** Calls back whenever another server might be chosen: path, interpreter, trust. */
export function watchServer(context: ExtensionContext, changed: () => void): void {
  const listen = (): void => {
    if (!workspace.isTrusted) return;
    void onInterpreterChange(extensions, changed).then((dispose) => context.subscriptions.push({ dispose }));
  };
  listen();
  context.subscriptions.push(
    commands.registerCommand("lakewright.copyCommand", (text: string) => env.clipboard.writeText(text)),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("lakewright.path")) changed();
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      listen();
      changed();
    }),
  );
}

/** One message with its buttons; it ends when one is chosen or the message is closed. */
export async function showMissing(problem: Missing, show = window.showErrorMessage): Promise<void> {
  const chosen = await show(problem.message, ...problem.actions.map(({ title }) => title));
  const remedy = problem.actions.find(({ title }) => title === chosen);
  if (remedy) await commands.executeCommand(remedy.command, ...(remedy.arguments ?? []));
}

/** An offer is made once. */
export async function showOffer(context: ExtensionContext, offer: Missing): Promise<void> {
  if (context.globalState.get("offered") === offer.message) return;
  await context.globalState.update("offered", offer.message);
  await showMissing(offer, window.showInformationMessage);
}

/** Makes the extension's own environment, with progress and Cancel; whether it is there now. */
export async function setUpServer(context: ExtensionContext, log: LogOutputChannel): Promise<boolean> {
  const stop = new AbortController();
  const subscription = {
    dispose: () => {
      stop.abort();
    },
  };
  context.subscriptions.push(subscription);
  const title = "Setting up Lakewright's server";
  const location = ProgressLocation.Notification;
  const made = await window.withProgress(
    { location, title, cancellable: true },
    async (progress, token): Promise<Made> => {
      token.onCancellationRequested(subscription.dispose);
      const line = (text: string): void => {
        log.info(text);
      };
      return makeEnvironment({
        storage: context.globalStorageUri.fsPath,
        wheel: await carriedWheel(context),
        path: process.env.PATH ?? "",
        interpreter: await interpreter(line),
        env: process.env,
        signal: stop.signal,
        say: (message) => {
          progress.report({ message });
        },
        log: line,
      });
    },
  );
  context.subscriptions.splice(context.subscriptions.indexOf(subscription), 1);
  if (made.kind === "missing") void showMissing(made);
  return made.kind === "made";
}

/** Removes the extension's own environments; stop a server that runs from one before. */
export async function removeServer(context: ExtensionContext, log: LogOutputChannel): Promise<void> {
  const folder = environments(context.globalStorageUri.fsPath);
  try {
    await remove(folder);
    log.info(`Removed ${folder}.`);
    void window.showInformationMessage("Lakewright's own environment was removed.");
  } catch (error) {
    void window.showErrorMessage(`${folder} couldn't be removed (${codeOf(error)}). Remove it by hand.`);
  }
}

async function interpreter(log: (text: string) => void): Promise<string | undefined> {
  if (!workspace.isTrusted) return undefined; // what it selects is the workspace's word
  return selectedInterpreter(extensions, workspace.workspaceFolders?.[0]?.uri, log);
}

async function carriedWheel(context: ExtensionContext): Promise<string | undefined> {
  const folder = Uri.joinPath(context.extensionUri, "wheel");
  const name = (await readdir(folder.fsPath).catch(() => [])).find((file) => file.endsWith(".whl"));
  return name && Uri.joinPath(folder, name).fsPath;
}
