// What the server says of its state, as VS Code's language status item: no text of ours stands in the status bar.
import { type Command, type DocumentSelector, languages, LanguageStatusSeverity } from "vscode";
import { NotificationType } from "vscode-languageclient/node";

/** What the server says; of one that isn't there, "starting" and "notRunning". */
export interface Status {
  state: string;
  message: string;
  action?: Command;
  endpoint?: string;
  runs: string[];
  completion: { enabled: boolean; offered: number; accepted: number };
  excluded?: string;
}

export const statusChanged = new NotificationType<Status>("lakewright/status");

const { Information, Warning, Error: Broken } = LanguageStatusSeverity;
const CALM = new Set(["starting", "working", "sandbox", "ready"]);
const connect: Command = { title: "Connect…", command: "lakewright.connect" };
const chooseModel: Command = { title: "Choose Model…", command: "lakewright.chooseModel" };

export class StatusItem {
  /** How many runs go on. */
  runs = 0;
  readonly item;

  constructor(documents: DocumentSelector) {
    this.item = languages.createLanguageStatusItem("lakewright", documents);
  }

  show({ state, message, endpoint, excluded, action, runs }: Omit<Status, "completion">): void {
    this.runs = runs.length;
    this.item.name = "Lakewright";
    this.item.text = `Lakewright: ${state.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`;
    this.item.detail = [message, endpoint, excluded && `This document: ${excluded}`].filter(Boolean).join(" · ");
    this.item.severity = CALM.has(state) ? Information : state === "notRunning" ? Broken : Warning;
    this.item.command = action ?? (state === "ready" ? chooseModel : connect);
    this.item.busy = this.runs > 0;
  }
}
