// The palette's commands: each gathers what is asked and sends one request.
import { commands, type ExtensionContext, ConfigurationTarget, type QuickPickItem, window, workspace } from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { type Parts, statusOf } from "./client";
import { askFor, readyInstructions } from "./instruction";
import type { Model, RunParams } from "./protocol";
import type { Session } from "./session";

const ROLES = ["explain", "refactor", "complete"] as const;

export interface App {
  context: ExtensionContext;
  parts: Parts;
  session: Session;
}

/** Commands that need the running server, by what follows `lakewright.`. */
export const COMMANDS: Readonly<Record<string, (client: LanguageClient, app: App) => unknown>> = {
  "run.explain": (client) => run("explain", target(client)),
  "run.ask": async (client, { context }) => {
    const at = target(client);
    const asked = await askFor(context, "question", "What do you want to know about it?");
    return asked && run("explain", at, { instruction: asked.instruction });
  },
  "run.followUp": async (client, { context, parts }) => {
    const at = target(client) ?? (parts.lastRun && { textDocument: { uri: parts.lastRun.textDocument.uri } });
    const asked = await askFor(context, "question", "What else do you want to know?");
    return asked && run("explain", at, { instruction: asked.instruction, conversation: "last" });
  },
  "run.refactor": async (client, { context }) => {
    const at = target(client);
    const asked = await askFor(context, "instruction", "What should be changed?", await readyInstructions());
    const ready = asked?.action?.command;
    if (ready) return commands.executeCommand(ready.command, ...((ready.arguments ?? []) as unknown[]));
    return asked && run("refactor", at, { instruction: asked.instruction });
  },
  "run.fix": () =>
    commands.executeCommand("editor.action.codeAction", { kind: "quickfix.lakewright", apply: "ifSingle" }),
  "run.complete": () => commands.executeCommand("editor.action.inlineSuggest.trigger"),
  "run.undo": async () => {
    const { message } = await commands.executeCommand<{ message: string }>("lakewright.undo");
    void window.showInformationMessage(message);
  },
  chooseModel: (client) => chooseModel(client),
  showStatus: async (client) => {
    const { message, endpoint, completion } = await statusOf(client);
    const lines = [
      message,
      endpoint && `Endpoint: ${endpoint}`,
      `Suggestions: ${completion.enabled ? `${String(completion.offered)} offered, ${String(completion.accepted)} accepted` : "off"}`,
      `Server: ${client.initializeResult?.serverInfo?.version ?? "unknown"}`,
    ];
    await window.showInformationMessage("Lakewright", { modal: true, detail: lines.filter(Boolean).join("\n") });
  },
};

function target(client: LanguageClient): RunParams | undefined {
  const editor = window.activeTextEditor;
  if (!editor) return undefined;
  const convert = client.code2ProtocolConverter;
  const { uri, version } = editor.document;
  return { textDocument: { uri: convert.asUri(uri), version }, range: convert.asRange(editor.selection) };
}

function run(
  command: "explain" | "refactor",
  at: RunParams | undefined,
  more: { instruction?: string | undefined; conversation?: string } = {},
): unknown {
  if (at) return commands.executeCommand(`lakewright.${command}`, { ...at, ...more });
  return window.showInformationMessage("Open a file first, and select what you mean.");
}

async function chooseModel(client: LanguageClient): Promise<void> {
  const role = await window.showQuickPick(ROLES, { placeHolder: "Which command is it for?" });
  if (!role) return;
  const model = await window.showQuickPick(modelsFor(client, role), {
    placeHolder: `The model for ${role}`,
    matchOnDescription: true,
  });
  if (!model) return;
  const configuration = workspace.getConfiguration("lakewright");
  await configuration.update(`roles.${role}`, model.endpoint, ConfigurationTarget.Global);
}

async function modelsFor(client: LanguageClient, role: string): Promise<(QuickPickItem & { endpoint?: string })[]> {
  const request = { command: "lakewright.models" };
  const { models } = (await client.sendRequest(ExecuteCommandRequest.type, request)) as { models: Model[] };
  const listed = models.map(({ endpoint, thinking, contextWindow, roles }) => ({
    label: endpoint,
    endpoint,
    description: [
      roles.includes(role) && "used now",
      contextWindow && `${String(Math.round(contextWindow / 1000))}k tokens`,
      thinking && `thinks: ${thinking}`,
    ]
      .filter(Boolean)
      .join(" · "),
  }));
  return [{ label: "$(sparkle) The best one listed", description: "no model is set" }, ...listed];
}
