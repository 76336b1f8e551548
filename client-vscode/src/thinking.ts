// What the models think, as it comes: one read-only document beside the code, which people may keep, search and
// close. One that was closed comes back with the next run.
import * as vscode from "vscode";
import type { RunEvent } from "./protocol";

const DOCUMENT = vscode.Uri.from({ scheme: "lakewright", path: "/Lakewright Thinking" });
const PAUSE_MS = 80;
const RUNS_KEPT = 5;
const LONGEST_CALL = 100;

export class Thinking {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private runs: { text: string }[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** Settled when the document that a run brings is there: what is opened before would be covered by it. */
  shown: Promise<void> = Promise.resolve();

  constructor({ subscriptions }: vscode.ExtensionContext) {
    const provideTextDocumentContent = () => this.runs.map(({ text }) => text).join("\n\n");
    const provider = { onDidChange: this.changed.event, provideTextDocumentContent };
    subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(DOCUMENT.scheme, provider),
      vscode.workspace.onDidChangeTextDocument(stayAtTheEnd),
    );
  }

  /** A listener for the stream of one run. */
  listen(title: string): (event: RunEvent) => void {
    const run = { text: `── ${title} ──\n\n` };
    let isShown = !vscode.workspace.getConfiguration("lakewright").get<boolean>("showReasoning", true);
    return (event) => {
      if (event.kind === "started") this.runs = [...this.runs, run].slice(-RUNS_KEPT);
      if (!isShown && (event.kind === "reasoning" || event.kind === "toolCall")) {
        isShown = true;
        this.shown = this.show().catch(() => undefined);
      }
      run.text = (run.text + wordsOf(event)).replace(/\n{3,}/g, "\n\n");
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.changed.fire(DOCUMENT);
      }, PAUSE_MS);
    };
  }

  async show(): Promise<void> {
    const viewColumn = Thinking.column() ?? vscode.ViewColumn.Beside;
    await vscode.window.showTextDocument(DOCUMENT, { viewColumn, preserveFocus: true, preview: false });
  }

  /** The column in which it is open. */
  static column(): vscode.ViewColumn | undefined {
    const isIt = ({ input }: vscode.Tab) => input instanceof vscode.TabInputText && input.uri.path === DOCUMENT.path;
    return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isIt))?.viewColumn;
  }
}

/** Whoever sees the place where text is added goes on seeing it. */
function stayAtTheEnd({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
  if (document.uri.toString() !== DOCUMENT.toString()) return;
  const from = Math.min(...contentChanges.map(({ range }) => range.start.line));
  for (const editor of vscode.window.visibleTextEditors) {
    const isSeen = editor.document === document && editor.visibleRanges.some(({ end }) => end.line >= from - 1);
    if (isSeen) editor.revealRange(new vscode.Range(document.lineCount, 0, document.lineCount, 0));
  }
}

function wordsOf(event: RunEvent): string {
  switch (event.kind) {
    case "reasoning":
      return event.text;
    case "toolCall":
      return `\n\n→ ${[event.name, ...Object.values(event.arguments)].join(" ").slice(0, LONGEST_CALL)}\n\n`;
    case "retry":
      return `\n\n— ${event.restart ? "started again" : "asked again"}: ${event.reason.replace(/\.$/, "")} —\n\n`;
    case "finished":
      return `\n\n${event.outcome.state}\n`;
    default:
      return "";
  }
}
