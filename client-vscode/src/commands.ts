// The palette's commands: each gathers what is asked and sends one request.
import { commands, ConfigurationTarget, languages, type QuickPickItem, window, workspace } from "vscode";
import { type CodeAction, CodeActionRequest, ExecuteCommandRequest } from "vscode-languageclient/node";
import { type App, type Client, DOCUMENTS } from "./client";
import { connect, openSandbox } from "./connect";
import { askFor } from "./instruction";
import type { Model, Target } from "./protocol";

const ROLES = ["explain", "refactor", "complete"] as const;
const REFACTOR = "refactor.rewrite.lakewright";

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
  connect,
  openSandbox,
  chooseModel,
  showStatus,
};

/** What is selected: in the active editor, or beside the explanation that is read. */
function target({ code2ProtocolConverter: convert }: Client): Target {
  const editors = [window.activeTextEditor, ...window.visibleTextEditors];
  const editor = editors.find((one) => one && languages.match(DOCUMENTS, one.document));
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
  const offered = { ...at, context: { only: [REFACTOR], diagnostics: [] } };
  const actions = ((await client.sendRequest(CodeActionRequest.type, offered)) ?? []) as CodeAction[];
  const ready = actions.map(({ title, command }) => ({
    label: `$(sparkle) ${title}`,
    instruction: (command?.arguments?.[0] as { instruction: string }).instruction,
  }));
  const instruction = await askFor(context, "instruction", "What should be changed?", ready);
  if (instruction) await commands.executeCommand("lakewright.refactor", { ...at, instruction });
}

async function chooseModel(client: Client): Promise<void> {
  const role = await window.showQuickPick(ROLES, { placeHolder: "Which command is it for?" });
  if (!role) return;
  const options = { placeHolder: `The model for ${role}`, matchOnDescription: true };
  const model = await window.showQuickPick(modelsFor(client, role), options);
  if (!model) return;
  const configuration = workspace.getConfiguration("lakewright");
  await configuration.update(`roles.${role}`, model.endpoint, ConfigurationTarget.Global);
}

async function modelsFor(client: Client, role: string): Promise<(QuickPickItem & { endpoint?: string })[]> {
  const request = { command: "lakewright.models" };
  const { models } = (await client.sendRequest(ExecuteCommandRequest.type, request)) as { models: Model[] };
  const listed = models.map(({ endpoint, thinking, contextWindow, roles }) => {
    const facts = [
      roles.includes(role) && "used now",
      contextWindow && `${String(Math.round(contextWindow / 1000))}k tokens`,
      thinking && `thinks: ${thinking}`,
    ];
    return { label: endpoint, endpoint, description: facts.filter(Boolean).join(" · ") };
  });
  return [{ label: "$(sparkle) The best one listed", description: "no model is set" }, ...listed];
}

async function showStatus(client: Client): Promise<void> {
  const { message, endpoint, completion } = await client.status();
  const { enabled, offered, accepted } = completion;
  const lines = [
    message,
    endpoint && `Endpoint: ${endpoint}`,
    `Suggestions: ${enabled ? `${String(offered)} offered, ${String(accepted)} accepted` : "off"}`,
    `Server: ${client.initializeResult?.serverInfo?.version ?? "unknown"}`,
  ];
  await window.showInformationMessage("Lakewright", { modal: true, detail: lines.filter(Boolean).join("\n") });
}
