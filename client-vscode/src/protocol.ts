// What the server speaks beyond standard LSP, see server/LANGUAGE_SERVER.md: types alone.
import { type Command, NotificationType, ProgressType, type Range } from "vscode-languageclient/node";

export interface Target {
  textDocument: { uri: string; version: number };
  range: Range;
}

export type RunEvent =
  | { kind: "started" | "toolResult" }
  | { kind: "reasoning" | "text"; text: string }
  | { kind: "toolCall"; name: string; arguments: Record<string, unknown> }
  | { kind: "retry"; reason: string; restart: boolean }
  | { kind: "finished"; outcome: { state: "done" | "cancelled" | "failed" } };

export interface Status {
  state: "needsSetup" | "rateLimited" | "unreachable" | "working" | "sandbox" | "ready";
  message: string;
  action?: Command;
  endpoint?: string;
  runs: string[];
  completion: { enabled: boolean; offered: number; accepted: number };
  excluded?: string;
}

export interface Model {
  endpoint: string;
  thinking: string | null;
  contextWindow: number | null;
  roles: string[];
}

export const runEvents = new ProgressType<RunEvent>();
export const statusChanged = new NotificationType<Status>("lakewright/status");
