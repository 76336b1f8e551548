// The first minutes: which host, or the sandbox with its sample file.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { commands, ConfigurationTarget, Position, type QuickPickItem, Selection, Uri, window, workspace } from "vscode";
import { DidChangeConfigurationNotification, type LanguageClient } from "vscode-languageclient/node";
import type { App } from "./commands";

interface Choice extends QuickPickItem {
  profile?: string;
  command?: string;
}

/** One question: a profile of `~/.databrickscfg`, a host, or the sandbox. */
export async function connect(client: LanguageClient, { parts }: App): Promise<void> {
  const choice = await window.showQuickPick<Choice>(
    [
      ...(await profiles()).map((profile) => ({ label: `$(account) ${profile}`, description: "profile", profile })),
      { label: "$(beaker) Sandbox", description: "a simulated model, no account", command: "lakewright.openSandbox" },
      { label: "$(book) Log in to a host", description: "how to make a profile", command: "lakewright.walkthrough" },
    ],
    { placeHolder: "Which Databricks profile may Lakewright use?" },
  );
  if (choice?.command) await commands.executeCommand(choice.command);
  if (choice?.profile === undefined) return;
  const configuration = workspace.getConfiguration("lakewright");
  await configuration.update("profile", choice.profile, ConfigurationTarget.Global);
  await configuration.update("sandbox", undefined, ConfigurationTarget.Global);
  await useInThisWindow(client, parts.ofThisWindow, { sandbox: undefined });
}

/** A sample of its own to try everything on, answered by the simulated host, in this window alone. */
export async function openSandbox(client: LanguageClient, { context, parts }: App): Promise<void> {
  await useInThisWindow(client, parts.ofThisWindow, { sandbox: true });
  const sample = Uri.joinPath(context.globalStorageUri, "sandbox", "orders.py");
  await workspace.fs.copy(Uri.joinPath(context.extensionUri, "media", "orders.py"), sample, { overwrite: true });
  const editor = await window.showTextDocument(sample, { preview: false });
  const at = new Position(
    editor.document
      .getText()
      .split("\n")
      .findIndex((line) => line.startsWith("def ")),
    4,
  );
  editor.selection = new Selection(at, at);
  await commands.executeCommand("lakewright.run.explain");
}

async function useInThisWindow(
  client: LanguageClient,
  above: Record<string, unknown>,
  settings: object,
): Promise<void> {
  Object.assign(above, settings);
  await client.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
}

async function profiles(): Promise<string[]> {
  const file = process.env.DATABRICKS_CONFIG_FILE ?? join(homedir(), ".databrickscfg");
  const text = await readFile(file, "utf8").catch(() => "");
  return [...text.matchAll(/^\s*\[([^\]]+)\]/gm)]
    .map((found) => found[1] ?? "")
    .filter((name) => name !== "__settings__");
}
