// A folder of its own for a test, with programs made of a few lines of shell.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

export interface World {
  root: string;
  at: (...names: string[]) => string;
  /** Writes an executable script; gives its path. */
  program: (name: string, body: string) => string;
  lines: string[];
}

/** The folder's name has a blank and a letter beyond ASCII, as storages of editors have. */
export function world(t: TestContext): World {
  const root = mkdtempSync(join(tmpdir(), "lake wright-ü-"));
  t.after(() => {
    chmodSync(root, 0o755);
    rmSync(root, { recursive: true, force: true });
  });
  const at = (...names: string[]): string => join(root, ...names);
  const program = (name: string, body: string): string => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    return at(name);
  };
  return { root, at, program, lines: [] };
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
