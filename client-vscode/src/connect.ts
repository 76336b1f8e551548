// The first minutes: which host, or the sandbox with its sample file.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { commands, ConfigurationTarget, type QuickPickItem, Selection, Uri, window, workspace } from "vscode";
import { DidChangeConfigurationNotification } from "vscode-languageclient/node";
import type { App, Client } from "./client";

type Choice = QuickPickItem & { profile?: string; command?: string };

const OTHERS: readonly Choice[] = [
  { label: "$(beaker) Sandbox", description: "a simulated model, no account", command: "lakewright.openSandbox" },
  { label: "$(book) Log in to a host", description: "how to make a profile", command: "lakewright.walkthrough" },
];

/** One question: a profile of `~/.databrickscfg`, a host, or the sandbox. */
export async function connect(client: Client, app: App): Promise<void> {
  const placeHolder = "Which Databricks profile may Lakewright use?";
  const choice = await window.showQuickPick([...(await profiles()), ...OTHERS], { placeHolder });
  if (choice?.command) await commands.executeCommand(choice.command);
  if (!choice?.profile) return;
  const configuration = workspace.getConfiguration("lakewright");
  await configuration.update("profile", choice.profile, ConfigurationTarget.Global);
  await configuration.update("sandbox", undefined, ConfigurationTarget.Global);
  await useSandbox(client, app, undefined);
}

/** A sample of its own to try everything on, answered by the simulated host, in this window alone. */
export async function openSandbox(client: Client, app: App): Promise<void> {
  await useSandbox(client, app, true);
  const { globalStorageUri, extensionUri } = app.context;
  const sample = Uri.joinPath(globalStorageUri, "sandbox", "orders.py");
  await workspace.fs.copy(Uri.joinPath(extensionUri, "media", "orders.py"), sample, { overwrite: true });
  const editor = await window.showTextDocument(sample, { preview: false });
  const name = editor.document.positionAt(editor.document.getText().indexOf("\ndef ") + "\ndef ".length);
  editor.selection = new Selection(name, name);
  await commands.executeCommand("lakewright.run.explain");
}

async function useSandbox(client: Client, { ofThisWindow }: App, sandbox: true | undefined): Promise<void> {
  ofThisWindow.sandbox = sandbox;
  await client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
}

async function profiles(): Promise<Choice[]> {
  const file = process.env.DATABRICKS_CONFIG_FILE ?? join(homedir(), ".databrickscfg");
  const text = await readFile(file, "utf8").catch(() => "");
  const names = [...text.matchAll(/^\s*\[(?!__settings__)([^\]]+)\]/gm)].map(([, name = ""]) => name);
  return names.map((profile) => ({ label: `$(account) ${profile}`, description: "profile", profile }));
}
