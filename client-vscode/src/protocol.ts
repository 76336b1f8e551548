// What the server speaks beyond standard LSP, see server/LANGUAGE_SERVER.md: types alone.
import {
  type Command,
  NotificationType,
  ProgressType,
  type ProgressToken,
  type Range,
} from "vscode-languageclient/node";

export interface RunParams {
  textDocument: { uri: string; version?: number };
  range?: Range;
  instruction?: string;
  conversation?: string;
  partialResultToken?: ProgressToken;
}

export interface Outcome {
  state: "done" | "cancelled" | "failed";
}

export type RunEvent =
  | { kind: "started"; run: string; command: string }
  | { kind: "reasoning" | "text"; text: string }
  | { kind: "toolCall"; id: string; name: string; arguments: Record<string, unknown> }
  | { kind: "toolResult"; id: string; isError: boolean }
  | { kind: "retry"; reason: string; delaySeconds: number; restart: boolean; voids?: number }
  | { kind: "finished"; outcome: Outcome };

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
