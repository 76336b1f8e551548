// The server's progress as VS Code's notifications.
import { type Progress, ProgressLocation, window } from "vscode";
import {
  type HandleWorkDoneProgressSignature,
  type LanguageClient,
  type ProgressToken,
  WorkDoneProgressCancelNotification,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";

interface Toast {
  report: Progress<{ message?: string }>["report"];
  close: () => void;
}

const AFTERWARDS_MS = 8_000;

/** The server's progress as notifications with a Cancel: the client library would show it in the status bar,
 * where nobody can end it. */
export class Toasts {
  private readonly open = new Map<ProgressToken, Toast>();

  /** `middleware.handleWorkDoneProgress`. */
  handle(
    client: LanguageClient,
    token: ProgressToken,
    value: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd,
    next: HandleWorkDoneProgressSignature,
  ): void {
    switch (value.kind) {
      case "begin":
        this.begin(client, token, value);
        break;
      case "report":
        this.open.get(token)?.report(shown(value.message));
        break;
      case "end":
        this.open.get(token)?.close();
        if (value.message) window.setStatusBarMessage(`Lakewright: ${value.message}`, AFTERWARDS_MS);
        next(token, value);
    }
  }

  /** The server is gone, and nothing will end what it began. */
  clear(): void {
    for (const toast of this.open.values()) toast.close();
  }

  private begin(client: LanguageClient, token: ProgressToken, value: WorkDoneProgressBegin): void {
    const options = {
      location: ProgressLocation.Notification,
      title: `Lakewright: ${value.title}`,
      cancellable: value.cancellable ?? false,
    };
    void window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        void client.sendNotification(WorkDoneProgressCancelNotification.type, { token });
      });
      return new Promise<void>((resolve) => {
        const close = () => {
          this.open.delete(token);
          resolve();
        };
        this.open.set(token, { report: progress.report.bind(progress), close });
        progress.report(shown(value.message));
      });
    });
  }
}

function shown(message: string | undefined): { message?: string } {
  return message === undefined ? {} : { message };
}
