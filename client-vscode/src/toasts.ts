// The server's progress as VS Code's notifications, with Cancel: the client library would show it in the status
// bar, where nobody can end it.
import { type Progress, ProgressLocation, window } from "vscode";
import * as lsp from "vscode-languageclient/node";

const AFTERWARDS_MS = 8_000;

export class Toasts {
  private readonly open = new Map<lsp.ProgressToken, { progress: Progress<{ message?: string }>; close: () => void }>();

  constructor(private readonly cancel: (token: lsp.ProgressToken) => void) {}

  /** `middleware.handleWorkDoneProgress`. */
  readonly handle: NonNullable<lsp.Middleware["handleWorkDoneProgress"]> = (token, value, next) => {
    if (value.kind === "begin") this.begin(token, value);
    else if (value.kind === "report") this.open.get(token)?.progress.report(value);
    else {
      this.open.get(token)?.close();
      if (value.message) window.setStatusBarMessage(`Lakewright: ${value.message}`, AFTERWARDS_MS);
      next(token, value);
    }
  };

  /** The server is gone, and nothing will end what it began. */
  clear(): void {
    for (const { close } of this.open.values()) close();
  }

  private begin(token: lsp.ProgressToken, begin: lsp.WorkDoneProgressBegin): void {
    const location = ProgressLocation.Notification;
    const options = { location, title: `Lakewright: ${begin.title}`, cancellable: begin.cancellable ?? false };
    void window.withProgress(options, async (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        this.cancel(token);
      });
      progress.report(begin);
      await new Promise<void>((close) => this.open.set(token, { progress, close }));
      this.open.delete(token);
    });
  }
}
