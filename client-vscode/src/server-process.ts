// Programs on disk, and child processes that end: by themselves, after their time or on Cancel, with all they started.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";

const WINDOWS = process.platform === "win32";
/** What a program's file name ends with. */
export const SUFFIX = WINDOWS ? ".exe" : "";
const CREDENTIALS = /\/\/[^/\s@]+@/g; // in an address

export interface Limits {
  timeoutMs?: number;
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  /** Called with each line that is printed. */
  line?: (text: string) => void;
}

/**
 * Runs a program, an absolute path, without shell or input in its own folder, which is never a workspace.
 * Gives the lines of both outputs, without credentials. Rejects with its last words unless it ends well, in time.
 */
export async function run(program: string, args: readonly string[], limits: Limits = {}): Promise<string[]> {
  const { timeoutMs = 10_000, signal, env = process.env, line } = limits;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: dirname(program),
    env,
    detached: !WINDOWS, // a group of its own, so that one signal reaches all of it
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (text) => {
      const said = text.replace(CREDENTIALS, "//…@");
      lines.push(said);
      line?.(said);
    });
  }
  let late = "";
  const stop = (): void => {
    kill(child);
    for (const output of [child.stdout, child.stderr]) output.destroy(); // whoever else holds them isn't waited for
  };
  const timer = setTimeout(() => {
    late = `it took longer than ${String(timeoutMs / 1000)} seconds`;
    stop();
  }, timeoutMs);
  signal?.addEventListener("abort", stop);
  try {
    const [code, by] = (await once(child, "close")) as [number | null, string | null];
    if (code === 0) return lines;
    const words = lines.findLast((text) => text.trim())?.trim();
    throw new Error([late || (by ?? `exit code ${String(code)}`), words].filter(Boolean).join(": "));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    if (WINDOWS) spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(-pid, "SIGKILL");
  } catch {
    // All of it has ended meanwhile.
  }
}

export async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** A program in the folders of PATH; relative folders don't count: they would be the workspace's. */
export async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, name + SUFFIX);
    if (isAbsolute(folder) && (await isProgram(file))) return file;
  }
  return undefined;
}
