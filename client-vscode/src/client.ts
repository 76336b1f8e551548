// The language client: the library's own, with what VS Code needs and standard LSP doesn't show by itself.
import { randomUUID } from "node:crypto";
import { dirname, posix } from "node:path";
import { commands, type ExtensionContext, type LogOutputChannel, Uri, ViewColumn, window } from "vscode";
import * as lsp from "vscode-languageclient/node";
import { runEvents, type Status, statusChanged, type Target } from "./protocol";
import { settingsMade } from "./settings";
import type { StatusItem } from "./status";
import { Thinking } from "./thinking";
import { Toasts } from "./toasts";

export const DOCUMENTS = [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }];

const RUNS: Readonly<Record<string, string>> = { "lakewright.explain": "Explain", "lakewright.refactor": "Refactor" };

export interface App {
  context: ExtensionContext;
  log: LogOutputChannel;
  status: StatusItem;
  thinking: Thinking;
}

export function makeClient(app: App, command: string, args: string[], closed: lsp.ErrorHandler["closed"]): Client {
  const { context, log, status, thinking } = app;
  const toasts = new Toasts((token) => {
    void client.sendNotification(lsp.WorkDoneProgressCancelNotification.type, { token });
  });
  const server = { command, args, options: { cwd: dirname(command) } };
  const client = new Client("lakewright", "Lakewright", server, {
    documentSelector: DOCUMENTS,
    errorHandler: { error: () => ({ action: lsp.ErrorAction.Continue }), closed },
    initializationFailedHandler: () => false,
    initializationOptions: { statusNotifications: true },
    outputChannel: log,
    middleware: {
      executeCommand: (name, args: unknown[], next): unknown => {
        const params = args[0] as Target | undefined;
        if (!RUNS[name] || !params) return next(name, args);
        const title = `${RUNS[name]} ${posix.basename(Uri.parse(params.textDocument.uri).path)}`;
        const partialResultToken = randomUUID();
        client.onProgress(runEvents, partialResultToken, thinking.listen(title));
        return next(name, [{ ...params, partialResultToken }]);
      },
      handleWorkDoneProgress: toasts.handle,
      window: { showDocument: openExplanation(thinking) },
      workspace: { configuration: ({ items }) => items.map(({ scopeUri }) => settingsMade(context, scopeUri)) },
    },
  });
  client.onNotification(statusChanged, (said) => {
    status.show(said);
  });
  client.onRequest(lsp.ShowMessageRequest.type, (params) => client.tell(params));
  client.onDidChangeState(({ newState }) => {
    if (newState !== lsp.State.Running) toasts.clear();
    if (newState === lsp.State.Starting) status.starting();
  });
  return client;
}

export class Client extends lsp.LanguageClient {
  /** Failures are told once, by us, with what to do about them; the library's own words go into the log. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  /** `lakewright.status`. */
  async status(): Promise<Status> {
    return (await this.sendRequest(lsp.ExecuteCommandRequest.type, { command: "lakewright.status" })) as Status;
  }

  /** A message with its buttons; where no connection is set up, with one more, which does that. */
  async tell({ type, message, actions = [] }: lsp.ShowMessageRequestParams): Promise<lsp.MessageActionItem | null> {
    const connect = { title: "Connect…" };
    const { state } = await this.status();
    const show = type === lsp.MessageType.Error ? window.showErrorMessage : window.showWarningMessage;
    const pressed = await show(message, ...actions, ...(state === "needsSetup" ? [connect] : []));
    if (pressed === connect) await commands.executeCommand("lakewright.connect");
    return pressed ?? null;
  }
}

/** `window/showDocument`: an explanation is opened as it is to be read, where the thoughts are. */
const openExplanation =
  (thinking: Thinking): NonNullable<lsp.WindowMiddleware["showDocument"]> =>
  async (params, token, next) => {
    const uri = Uri.parse(params.uri);
    if (params.external || !uri.path.endsWith(".md")) return next(params, token);
    await thinking.shown;
    // a column by its number would become the active one, in which the next file opens
    const isThere = Thinking.column() === window.tabGroups.activeTabGroup.viewColumn;
    const how = { viewColumn: isThere ? ViewColumn.Active : ViewColumn.Beside, preserveFocus: true };
    await commands.executeCommand("vscode.openWith", uri, "vscode.markdown.preview.editor", how);
    return { success: true };
  };
