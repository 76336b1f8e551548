// What the models think, as it comes: one read-only document beside the code, which people may keep, search and
// close. One that was closed comes back with the next run.
import * as vscode from "vscode";
import { ProgressType } from "vscode-languageclient/node";

export type RunEvent =
  | { kind: "started" | "text" | "toolResult" }
  | { kind: "reasoning"; text: string }
  | { kind: "toolCall"; name: string; arguments: Record<string, unknown> }
  | { kind: "retry"; reason: string }
  | { kind: "finished"; outcome: { state: "done" | "cancelled" | "failed" } };

export const runEvents = new ProgressType<RunEvent>();

const DOCUMENT = vscode.Uri.from({ scheme: "lakewright", path: "/Lakewright Thinking" });
const PAUSE_MS = 80;
const RUNS_KEPT = 5;

export class Thinking {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private runs: { text: string }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private shown: Promise<void> = Promise.resolve();

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
    const viewColumn = column() ?? vscode.ViewColumn.Beside;
    const how = { viewColumn, preserveFocus: true, preview: false };
    const editor = await vscode.window.showTextDocument(DOCUMENT, how);
    editor.revealRange(editor.document.lineAt(editor.document.lineCount - 1).range); // not at an older run
  }

  /** Opens what came of the thoughts, rendered, where they are; they would cover it if they came later. */
  async openBeside(uri: vscode.Uri): Promise<void> {
    await this.shown;
    const isHere = column() === vscode.window.tabGroups.activeTabGroup.viewColumn;
    // a column by its number would become the active one, in which the next file opens
    const viewColumn = isHere ? vscode.ViewColumn.Active : vscode.ViewColumn.Beside;
    const args = [uri, "vscode.markdown.preview.editor", { viewColumn, preserveFocus: true }];
    await vscode.commands.executeCommand("vscode.openWith", ...args);
  }
}

/** The column in which it is open. */
function column(): vscode.ViewColumn | undefined {
  const isIt = ({ input }: vscode.Tab) => input instanceof vscode.TabInputText && input.uri.path === DOCUMENT.path;
  return vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isIt))?.viewColumn;
}

/** Whoever is near the place where text is added goes on seeing it; what is visible is known a little late. */
function stayAtTheEnd({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
  if (document.uri.toString() !== DOCUMENT.toString()) return;
  const from = Math.min(...contentChanges.map(({ range }) => range.start.line));
  for (const editor of vscode.window.visibleTextEditors) {
    const isSeen = editor.document === document && editor.visibleRanges.some(({ end }) => end.line >= from - 6);
    if (isSeen) editor.revealRange(new vscode.Range(document.lineCount, 0, document.lineCount, 0));
  }
}

function wordsOf(event: RunEvent): string {
  if (event.kind === "reasoning") return event.text;
  if (event.kind === "finished") return `\n\n${event.outcome.state}\n`;
  if (event.kind === "retry") return `\n\n— asked again: ${event.reason.replace(/\.$/, "")} —\n\n`;
  if (event.kind !== "toolCall") return "";
  const said = Object.values(event.arguments).filter((value) => typeof value !== "object"); // an edit is seen later
  return `\n\n→ ${[event.name, ...said].join(" ").slice(0, 100)}\n\n`;
}
