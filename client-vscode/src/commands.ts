// The palette's commands: each gathers what is asked and sends one request.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import * as lsp from "vscode-languageclient/node";
import { type App, type Client, DOCUMENTS } from "./client";
import { askFor } from "./instruction";
import { ofThisWindow } from "./settings";
import type { Status } from "./status";

const { commands, window, workspace } = vscode;

type Choice = vscode.QuickPickItem & { profile?: string; command?: string; endpoint?: string };

/** Commands that need the running server, by what follows `lakewright.`. */
export const COMMANDS: Readonly<Record<string, (client: Client, app: App) => unknown>> = {
  "run.explain": (client) => commands.executeCommand("lakewright.explain", target(client)),
  "run.ask": (client, app) => ask(client, app, "What do you want to know about it?"),
  "run.followUp": (client, app) => ask(client, app, "What else do you want to know?", { conversation: "last" }),
  "run.refactor": refactor,
  "run.fix": () =>
    commands.executeCommand("editor.action.codeAction", { kind: "quickfix.lakewright", apply: "ifSingle" }),
  "run.complete": () => commands.executeCommand("editor.action.inlineSuggest.trigger"),
  "run.undo": async () => {
    const { message } = await commands.executeCommand<{ message: string }>("lakewright.undo");
    void window.showInformationMessage(message);
  },
  chooseModel,
  connect,
  openSandbox,
  showStatus,
};

/** What is selected: in the active editor, or beside the explanation that is read. */
function target({ code2ProtocolConverter: convert }: Client) {
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  const editor = editors.find((one) => one && vscode.languages.match(DOCUMENTS, one.document));
  if (!editor) throw new Error("Open a file first, and select what you mean.");
  const { uri, version } = editor.document;
  return { textDocument: { uri: convert.asUri(uri), version }, range: convert.asRange(editor.selection) };
}

async function ask(client: Client, { context }: App, placeholder: string, more: object = {}): Promise<void> {
  const at = target(client);
  const instruction = await askFor(context, "question", placeholder);
  if (instruction) await commands.executeCommand("lakewright.explain", { ...at, ...more, instruction });
}

async function refactor(client: Client, { context }: App): Promise<void> {
  const at = target(client);
  const offered = { ...at, context: { only: ["refactor.rewrite.lakewright"], diagnostics: [] } };
  const actions = ((await client.sendRequest(lsp.CodeActionRequest.type, offered)) ?? []) as lsp.CodeAction[];
  const ready = actions.map(({ title, command }) => ({
    label: `$(sparkle) ${title}`,
    instruction: (command?.arguments?.[0] as { instruction: string }).instruction,
  }));
  const instruction = await askFor(context, "instruction", "What should be changed?", ready);
  if (instruction) await commands.executeCommand("lakewright.refactor", { ...at, instruction });
}

async function chooseModel(client: Client): Promise<void> {
  const role = await window.showQuickPick(["explain", "refactor", "complete"], { title: "Which command is it for?" });
  const model = role && (await window.showQuickPick(modelsFor(client, role), { title: `The model for ${role}` }));
  if (!model) return;
  const configuration = workspace.getConfiguration("lakewright");
  await configuration.update(`roles.${role}`, model.endpoint, vscode.ConfigurationTarget.Global);
}

async function modelsFor(client: Client, role: string): Promise<Choice[]> {
  const answer = (await client.ask("lakewright.models")) as { models: { endpoint: string; roles: string[] }[] };
  const listed = answer.models.map(({ endpoint, roles }) => {
    return { label: endpoint, endpoint, description: roles.includes(role) ? "used now" : "" };
  });
  return [{ label: "$(sparkle) The best one listed", description: "no model is set" }, ...listed];
}

/** One question: a profile of `~/.databrickscfg`, a host, or the sandbox. */
async function connect(client: Client): Promise<void> {
  const others: Choice[] = [
    { label: "$(beaker) Sandbox", description: "a simulated model, no account", command: "lakewright.openSandbox" },
    { label: "$(book) Log in to a host", description: "how to make a profile", command: "lakewright.walkthrough" },
  ];
  const placeHolder = "Which Databricks profile may Lakewright use?";
  const choice = await window.showQuickPick([...(await profiles()), ...others], { placeHolder });
  if (choice?.command) await commands.executeCommand(choice.command);
  if (!choice?.profile) return;
  const configuration = workspace.getConfiguration("lakewright");
  await configuration.update("profile", choice.profile, vscode.ConfigurationTarget.Global);
  await configuration.update("sandbox", undefined, vscode.ConfigurationTarget.Global);
  ofThisWindow.sandbox = undefined;
  await client.sendNotification(lsp.DidChangeConfigurationNotification.type, { settings: null });
}

async function profiles(): Promise<Choice[]> {
  const file = process.env.DATABRICKS_CONFIG_FILE ?? join(homedir(), ".databrickscfg");
  const text = await readFile(file, "utf8").catch(() => "");
  const names = [...text.matchAll(/^\s*\[(?!__settings__)([^\]]+)\]/gm)].map(([, name = ""]) => name);
  return names.map((profile) => ({ label: `$(account) ${profile}`, description: "profile", profile }));
}

/** A sample of its own to try everything on, answered by the simulated host, in this window alone. */
async function openSandbox(client: Client, { context }: App): Promise<void> {
  ofThisWindow.sandbox = true;
  await client.sendNotification(lsp.DidChangeConfigurationNotification.type, { settings: null });
  const sample = vscode.Uri.joinPath(context.globalStorageUri, "sandbox", "orders.py");
  await workspace.fs.copy(vscode.Uri.joinPath(context.extensionUri, "media", "orders.py"), sample, { overwrite: true });
  const editor = await window.showTextDocument(sample, { preview: false });
  const name = editor.document.positionAt(editor.document.getText().indexOf("\ndef ") + "\ndef ".length);
  editor.selection = new vscode.Selection(name, name);
  await commands.executeCommand("lakewright.run.explain");
}

async function showStatus(client: Client): Promise<void> {
  const { message, endpoint = "none asked yet", completion } = (await client.ask("lakewright.status")) as Status;
  const counted = `${String(completion.offered)} offered, ${String(completion.accepted)} accepted`;
  const version = client.initializeResult?.serverInfo?.version ?? "unknown";
  const detail = `${message}\nEndpoint: ${endpoint}\nSuggestions: ${completion.enabled ? counted : "off"}\nServer: ${version}`;
  await window.showInformationMessage("Lakewright", { modal: true, detail });
}
