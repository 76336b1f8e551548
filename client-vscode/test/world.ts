// A folder of its own for a test, with programs made of a few lines of shell, and an editor that stores into it.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { ExtensionContext, LogOutputChannel } from "vscode";
import { editor } from "./vscode";

export interface World {
  at: (...names: string[]) => string;
  /** Writes an executable script; gives its path. */
  program: (name: string, body: string) => string;
  context: ExtensionContext;
  /** Its lines are `lines`. */
  log: LogOutputChannel;
  lines: string[];
}

export const WHEEL = "lakewright-9.1.0-py3-none-any";
/** Where the own environment has its server. */
export const OWN = `storage/server/${WHEEL}/bin/lakewright`;

/** The editor is as new. On PATH are the folder `path`, and commands of the shell: no Python of this machine. */
export function world(t: TestContext): World {
  // A blank and a letter beyond ASCII, as storages of editors have.
  const root = mkdtempSync(join(tmpdir(), "lake wright-ü-"));
  const at = (...names: string[]): string => join(root, ...names);
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text, { mode: 0o755 });
    return at(name);
  };
  write(`extension/wheel/${WHEEL}.whl`, "");
  mkdirSync(at("tools"));
  for (const name of ["mkdir", "cp", "chmod", "sleep", "cat"]) symlinkSync(join("/bin", name), at("tools", name));
  const before = process.env.PATH;
  process.env.PATH = `${at("path")}:${at("tools")}`;
  t.after(() => {
    process.env.PATH = before;
    rmSync(root, { recursive: true, force: true });
  });
  Object.assign(editor, { path: {}, isTrusted: true, exports: {}, asked: [], shown: [], chosen: undefined, ran: [] });
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  return {
    at,
    program: (name, body) => write(name, `#!/bin/sh\n${body}\n`),
    context: {
      subscriptions: [],
      extensionUri: { fsPath: at("extension") },
      globalStorageUri: { fsPath: at("storage") },
    } as unknown as ExtensionContext,
    log: { info: say, warn: say } as unknown as LogOutputChannel,
    lines,
  };
}

export const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Waits for a state, not for a time; 10 seconds at most. */
export async function until(state: () => boolean): Promise<void> {
  for (const limit = Date.now() + 10_000; !state();) {
    if (Date.now() > limit) throw new Error("The state never came.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
