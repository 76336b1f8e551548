// The server's progress as VS Code's notifications, with Cancel: the client library would show it in the status
// bar, where nobody can end it.
import { ProgressLocation, window } from "vscode";
import * as lsp from "vscode-languageclient/node";

type Value = lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd;

export class Toasts {
  private readonly open = new Map<lsp.ProgressToken, (value: Value) => void>();

  show(client: lsp.LanguageClient, token: lsp.ProgressToken, value: Value): void {
    this.open.get(token)?.(value);
    if (value.kind !== "begin") return;
    const { title, cancellable = false } = value;
    const options = { location: ProgressLocation.Notification, title: `Lakewright: ${title}`, cancellable };
    void window.withProgress(options, async (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        void client.sendNotification(lsp.WorkDoneProgressCancelNotification.type, { token });
      });
      progress.report(value);
      await new Promise<void>((close) =>
        this.open.set(token, (next) => (next.kind === "end" ? close() : progress.report(next))),
      );
      this.open.delete(token);
    });
  }

  /** The server is gone, and nothing will end what it began. */
  clear(): void {
    for (const toast of this.open.values()) toast({ kind: "end" });
  }
}
