// What the server says of its state, as VS Code's language status item: no text of ours stands in the status bar.
import { type Command, type DocumentSelector, languages, LanguageStatusSeverity } from "vscode";
import type { Status } from "./protocol";

const { Information, Warning, Error: Broken } = LanguageStatusSeverity;
const connect: Command = { title: "Connect…", command: "lakewright.connect" };
const chooseModel: Command = { title: "Choose Model…", command: "lakewright.chooseModel" };
const restart: Command = { title: "Restart", command: "lakewright.restart" };

/** Beside a state's words, what helps there where the server itself has no action. */
const LOOKS: Readonly<Record<Status["state"], readonly [string, LanguageStatusSeverity, Command?]>> = {
  needsSetup: ["not connected", Warning, connect],
  rateLimited: ["rate limit", Warning],
  unreachable: ["unreachable", Warning, connect],
  working: ["at work", Information],
  sandbox: ["sandbox", Information, connect],
  ready: ["ready", Information, chooseModel],
};

export class StatusItem {
  /** How many runs go on. */
  runs = 0;
  readonly item;

  constructor(selector: DocumentSelector) {
    this.item = languages.createLanguageStatusItem("lakewright", selector);
  }

  show({ state, message, endpoint, excluded, action, runs }: Status): void {
    const [text, severity, command] = LOOKS[state];
    const detail = [message, endpoint, excluded && `This document: ${excluded}`].filter(Boolean).join(" · ");
    this.set(text, severity, detail, action ?? command, runs.length);
  }

  starting(): void {
    this.set("starting", Information);
  }

  broken(message: string): void {
    this.set("not running", Broken, message, restart);
  }

  private set(text: string, severity: LanguageStatusSeverity, detail = "", command?: Command, runs = 0): void {
    this.runs = runs;
    const name = "Lakewright";
    Object.assign(this.item, { name, text: `${name}: ${text}`, severity, detail, command, busy: runs > 0 });
  }
}
