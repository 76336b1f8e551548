// The language client: the library's own, with what VS Code needs and standard LSP doesn't show by itself.
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { commands, type ExtensionContext, type LogOutputChannel, Uri, ViewColumn, window } from "vscode";
import {
  type ErrorHandler,
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  type MessageActionItem,
  MessageType,
  RevealOutputChannelOn,
  ShowMessageRequest,
  type ShowMessageRequestParams,
  State,
} from "vscode-languageclient/node";
import { type RunEvent, type RunParams, runEvents, type Status, statusChanged } from "./protocol";
import type { ServerChoice } from "./server";
import { configurationFor } from "./settings";
import type { StatusItem } from "./status";
import { Thinking } from "./thinking";
import { Toasts } from "./toasts";

export const DOCUMENTS = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }];

const RUNS: ReadonlyMap<string, string> = new Map([
  ["lakewright.explain", "Explain"],
  ["lakewright.refactor", "Refactor"],
]);

export interface Parts {
  context: ExtensionContext;
  log: LogOutputChannel;
  status: StatusItem;
  thinking: Thinking;
  /** What the last run was asked. */
  lastRun: RunParams | undefined;
  /** Settings above all others, for this window alone. */
  ofThisWindow: Record<string, unknown>;
}

export function makeClient(
  parts: Parts,
  server: Extract<ServerChoice, { kind: "found" }>,
  errorHandler: ErrorHandler,
): LanguageClient {
  const { context, log, status, thinking, ofThisWindow } = parts;
  const toasts = new Toasts();
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    errorHandler,
    initializationFailedHandler: () => false,
    initializationOptions: { statusNotifications: true },
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    middleware: {
      executeCommand: (command, args: unknown[], next): unknown => {
        const title = RUNS.get(command);
        const params = args[0] as RunParams | undefined;
        if (title === undefined || params === undefined) return next(command, args);
        const name = Uri.parse(params.textDocument.uri).path.split("/").pop() ?? "";
        parts.lastRun = params;
        const partialResultToken = follow(client, thinking.listen(`${title} ${name}`));
        return next(command, [{ ...params, partialResultToken }]);
      },
      handleWorkDoneProgress: (token, value, next) => {
        toasts.handle(client, token, value, next);
      },
      window: {
        showDocument: async (params, _token, next) => {
          const uri = Uri.parse(params.uri);
          if (params.external || !uri.path.endsWith(".md")) return next(params, _token);
          const { viewColumn } = window.tabGroups.activeTabGroup;
          // a column by its number would become the active one, in which the next file opens
          const where = Thinking.column() === viewColumn ? viewColumn : ViewColumn.Beside;
          const how = { viewColumn: where, preserveFocus: true };
          await commands.executeCommand("vscode.openWith", uri, "vscode.markdown.preview.editor", how);
          return { success: true };
        },
      },
      workspace: {
        configuration: ({ items }) => configurationFor(context, items, ofThisWindow),
      },
    },
  };
  const executable = { command: server.command, args: server.args, options: { cwd: dirname(server.command) } };
  const client = new QuietClient("lakewright", "Lakewright", executable, options);
  client.onNotification(statusChanged, (said) => {
    status.show(said);
  });
  client.onRequest(ShowMessageRequest.type, (params) => tell(client, params));
  client.onDidChangeState(({ newState }) => {
    if (newState !== State.Running) toasts.clear();
    if (newState === State.Starting) status.starting();
  });
  return client;
}

/** What a server without further ado answers. */
export async function statusOf(client: LanguageClient): Promise<Status> {
  return (await client.sendRequest(ExecuteCommandRequest.type, { command: "lakewright.status" })) as Status;
}

/** Failures are told once, by us, with what to do about them; the library's own words go into the log. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** A token whose notifications reach the listener until the run has finished. */
function follow(client: LanguageClient, listener: (event: RunEvent) => void): string {
  const token = randomUUID();
  const listening = client.onProgress(runEvents, token, (event) => {
    listener(event);
    if (event.kind === "finished") listening.dispose();
  });
  return token;
}

/** A message with its buttons; where no connection is set up, with one more, which does that. */
export async function tell(
  client: LanguageClient,
  { type, message, actions = [] }: ShowMessageRequestParams,
): Promise<MessageActionItem | null> {
  const connect: MessageActionItem = { title: "Connect…" };
  const { state } = await statusOf(client);
  const buttons = state === "needsSetup" ? [...actions, connect] : actions;
  const show = type === MessageType.Error ? window.showErrorMessage : window.showWarningMessage;
  const pressed = await show(message, ...buttons);
  if (pressed === connect) await commands.executeCommand("lakewright.connect");
  return pressed === undefined || pressed === connect ? null : pressed;
}
