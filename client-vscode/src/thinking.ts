// What the models think: a document beside the code.
import {
  commands,
  EventEmitter,
  Range,
  type TextDocument,
  TabInputText,
  type TextEditor,
  TextEditorRevealType,
  Uri,
  ViewColumn,
  window,
  workspace,
} from "vscode";
import type { RunEvent } from "./protocol";

const DOCUMENT = Uri.from({ scheme: "lakewright", path: "/Lakewright Thinking" });
const PAUSE_MS = 80;
const RUNS_KEPT = 5;

/** A run as it is read: its title, then pieces, of which a retry takes some back. */
interface Section {
  title: string;
  pieces: { kind: RunEvent["kind"]; text: string }[];
}

/** What the models think, as it comes: one read-only document, beside the code, which people may keep, search
 * and close. One that was closed comes back with the next run. */
export class Thinking {
  private readonly changed = new EventEmitter<Uri>();
  private sections: Section[] = [];
  private lines = 0;
  private timer: NodeJS.Timeout | undefined;

  readonly disposables: { dispose: () => unknown }[] = [
    this.changed,
    workspace.registerTextDocumentContentProvider(DOCUMENT.scheme, {
      onDidChange: this.changed.event,
      provideTextDocumentContent: () => this.text(),
    }),
    workspace.onDidChangeTextDocument(({ document }) => {
      this.follow(document);
    }),
    commands.registerCommand("lakewright.showThinking", () => this.show()),
  ];

  /** A listener for the stream of one run. */
  listen(title: string): (event: RunEvent) => void {
    const section: Section = { title, pieces: [] };
    let isShown = false;
    return (event) => {
      if (event.kind === "started") this.sections = [...this.sections, section].slice(-RUNS_KEPT);
      if (!isShown && (event.kind === "reasoning" || event.kind === "toolCall")) {
        isShown = true;
        if (workspace.getConfiguration("lakewright").get<boolean>("showReasoning", true)) void this.show();
      }
      if (event.kind === "retry" && event.restart) takeBack(section, event.voids ?? 0);
      section.pieces.push({ kind: event.kind, text: wordsOf(event) });
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.changed.fire(DOCUMENT);
      }, PAUSE_MS);
    };
  }

  /** The column in which it is open. */
  static column(): ViewColumn | undefined {
    const isIt = (input: unknown) => input instanceof TabInputText && input.uri.toString() === DOCUMENT.toString();
    return window.tabGroups.all.find((group) => group.tabs.some((tab) => isIt(tab.input)))?.viewColumn;
  }

  private async show(): Promise<void> {
    const document = await workspace.openTextDocument(DOCUMENT);
    const viewColumn = Thinking.column() ?? ViewColumn.Beside;
    const editor = await window.showTextDocument(document, { viewColumn, preserveFocus: true, preview: false });
    revealEnd(editor);
  }

  private text(): string {
    return this.sections
      .map(({ title, pieces }) => `── ${title} ──\n\n${pieces.map(({ text }) => text).join("")}`)
      .join("\n\n")
      .replaceAll(/\n{3,}/g, "\n\n");
  }

  /** Stays at the end where the reader was at the end. */
  private follow(document: TextDocument): void {
    if (document.uri.toString() !== DOCUMENT.toString()) return;
    const before = this.lines;
    this.lines = document.lineCount;
    for (const editor of window.visibleTextEditors) {
      const last = editor.visibleRanges.at(-1)?.end.line ?? 0;
      if (editor.document === document && last >= before - 2) revealEnd(editor);
    }
  }
}

function revealEnd(editor: TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.revealRange(new Range(end, end), TextEditorRevealType.Default);
}

function takeBack(section: Section, voids: number): void {
  const stays: Section["pieces"] = [];
  for (const piece of section.pieces.reverse()) {
    if (voids > 0 && (piece.kind === "reasoning" || piece.kind === "text")) voids -= 1;
    else stays.unshift(piece);
  }
  section.pieces = stays;
}

function wordsOf(event: RunEvent): string {
  switch (event.kind) {
    case "reasoning":
      return event.text;
    case "toolCall":
      return `\n\n→ ${event.name} ${Object.values(event.arguments).filter(isShort).join(" ")}\n\n`;
    case "toolResult":
      return event.isError ? "→ refused\n\n" : "";
    case "retry":
      return `\n\n${event.reason}; again in ${event.delaySeconds.toFixed(0)} s\n\n`;
    case "finished":
      return `\n\n${event.outcome.state}\n`;
    case "started":
    case "text":
      return "";
  }
}

function isShort(argument: unknown): boolean {
  return typeof argument === "number" || (typeof argument === "string" && /^.{1,80}$/.test(argument));
}
