// The language client: the library's own, with what VS Code needs and standard LSP doesn't show by itself.
import { randomUUID } from "node:crypto";
import { dirname, posix } from "node:path";
import { commands, type ExtensionContext, type LogOutputChannel, Uri, window } from "vscode";
import * as lsp from "vscode-languageclient/node";
import { settingsMade } from "./settings";
import { type Status, statusChanged, type StatusItem } from "./status";
import { runEvents, type Thinking } from "./thinking";
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
  const toasts = new Toasts();
  const server = { command, args, options: { cwd: dirname(command) } };
  const client = new Client("lakewright", "Lakewright", server, {
    documentSelector: DOCUMENTS,
    errorHandler: { error: () => ({ action: lsp.ErrorAction.Continue }), closed },
    initializationFailedHandler: () => false,
    initializationOptions: { statusNotifications: true },
    outputChannel: log,
    middleware: {
      executeCommand: (name, args: unknown[], next): unknown => {
        const params = args[0] as lsp.CodeActionParams | undefined;
        if (!RUNS[name] || !params) return next(name, args);
        const listener = thinking.listen(`${RUNS[name]} ${posix.basename(Uri.parse(params.textDocument.uri).path)}`);
        const partialResultToken = randomUUID();
        const listening = client.onProgress(runEvents, partialResultToken, (event) => {
          listener(event);
          if (event.kind === "finished") listening.dispose();
        });
        return next(name, [{ ...params, partialResultToken }]);
      },
      handleWorkDoneProgress: (token, value, next) => {
        toasts.show(client, token, value);
        if (value.kind === "end") next(token, value);
      },
      window: {
        showDocument: async (params, token, next) => {
          if (params.external || !params.uri.endsWith(".md")) return next(params, token);
          await thinking.openBeside(Uri.parse(params.uri));
          return { success: true };
        },
      },
      workspace: { configuration: ({ items }) => items.map(({ scopeUri }) => settingsMade(context, scopeUri)) },
    },
  });
  client.onNotification(statusChanged, (said) => status.show(said));
  client.onRequest(lsp.ShowMessageRequest.type, (params) => client.tell(params));
  client.onDidChangeState(({ newState }) => {
    if (newState !== lsp.State.Running) toasts.clear();
    if (newState === lsp.State.Starting) status.show({ state: "starting", message: "", runs: [] });
  });
  return client;
}

export class Client extends lsp.LanguageClient {
  /** Failures are told once, by us, with what to do about them; the library's own words go into the log. */
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  /** What one of the server's commands without arguments answers. */
  async ask(command: string): Promise<unknown> {
    return await this.sendRequest(lsp.ExecuteCommandRequest.type, { command });
  }

  /** A message with its buttons; where no connection is set up, with one more, which does that. */
  async tell({ type, message, actions = [] }: lsp.ShowMessageRequestParams): Promise<lsp.MessageActionItem | null> {
    const connect = { title: "Connect…" };
    const { state } = (await this.ask("lakewright.status")) as Status;
    const show = type === lsp.MessageType.Error ? window.showErrorMessage : window.showWarningMessage;
    const pressed = await show(message, ...(state === "needsSetup" ? [connect] : []), ...actions);
    if (pressed === connect) await commands.executeCommand("lakewright.connect");
    return pressed ?? null;
  }
}
