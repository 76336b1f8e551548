// What the server says of its state, as VS Code's language status item: no text of ours stands in the status bar.
import { type Command, type Disposable, type DocumentSelector, languages, LanguageStatusSeverity } from "vscode";
import type { Status } from "./protocol";

type Look = readonly [text: string, severity: LanguageStatusSeverity, command: Command | undefined];

const { Information, Warning, Error: Broken } = LanguageStatusSeverity;
const connect: Command = { title: "Connect…", command: "lakewright.connect" };
const chooseModel: Command = { title: "Choose Model…", command: "lakewright.chooseModel" };
const restart: Command = { title: "Restart", command: "lakewright.restart" };

const LOOKS: Readonly<Record<Status["state"], Look>> = {
  needsSetup: ["not connected", Warning, connect],
  rateLimited: ["rate limit", Warning, undefined],
  unreachable: ["unreachable", Warning, connect],
  working: ["at work", Information, undefined],
  sandbox: ["sandbox", Information, connect],
  ready: ["ready", Information, chooseModel],
};

export class StatusItem implements Disposable {
  private readonly item;
  private last: Status | undefined;

  constructor(selector: DocumentSelector) {
    this.item = languages.createLanguageStatusItem("lakewright", selector);
    this.item.name = "Lakewright";
    this.starting();
  }

  get runs(): number {
    return this.last?.runs.length ?? 0;
  }

  show(status: Status): void {
    this.last = status;
    const [text, severity, command] = LOOKS[status.state];
    const excluded = status.excluded && `This document: ${status.excluded}`;
    this.set(text, severity, [status.message, status.endpoint, excluded], status.action ?? command);
    this.item.busy = status.runs.length > 0;
  }

  starting(): void {
    this.last = undefined;
    this.set("starting", Information, [], undefined);
    this.item.busy = true;
  }

  broken(message: string): void {
    this.last = undefined;
    this.set("not running", Broken, [message], restart);
    this.item.busy = false;
  }

  dispose(): void {
    this.item.dispose();
  }

  private set(
    text: string,
    severity: LanguageStatusSeverity,
    detail: readonly (string | undefined)[],
    command: Command | undefined,
  ): void {
    this.item.text = `Lakewright: ${text}`;
    this.item.severity = severity;
    this.item.detail = detail.filter(Boolean).join(" · ");
    this.item.command = command;
  }
}
