// Child processes that always end: by themselves, by a time-out, by a signal; their own children end with them.
import { type ChildProcess, spawn } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";

/** What a program's file name ends with. */
export const SUFFIX = process.platform === "win32" ? ".exe" : "";

export interface Run {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Where it runs; the program's own folder by default, never a workspace. */
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with each line of either output, without credentials in addresses. */
  line?: (text: string) => void;
}

export interface Ended {
  /** How it ended; "unstartable" comes with the system's error code as `reason`. */
  how: "exit" | "timeout" | "cancelled" | "unstartable";
  code: number | null;
  reason: string;
  stdout: string;
  stderr: string;
}

const KEPT = 64 * 1024; // characters of each output, the last ones
const GRACE_MS = 2000; // between asking a process to end and ending it

/** Runs a program (an absolute path) without a shell or input. Never rejects. */
export function run(program: string, args: readonly string[], options: Run): Promise<Ended> {
  return new Promise((resolve) => {
    const ended: Ended = { how: "exit", code: null, reason: "", stdout: "", stderr: "" };
    if (options.signal?.aborted) {
      resolve({ ...ended, how: "cancelled" });
      return;
    }
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd: options.cwd ?? dirname(program),
        env: options.env ?? process.env,
        detached: process.platform !== "win32", // a group of its own, so that one signal reaches all of it
        stdio: ["ignore", "pipe", "pipe"],
        windowsHide: true,
      });
    } catch (error) {
      resolve({ ...ended, how: "unstartable", reason: codeOf(error) });
      return;
    }
    let killer: NodeJS.Timeout | undefined;
    const stop = (how: "timeout" | "cancelled"): void => {
      if (killer) return;
      ended.how = how;
      signalGroup(child, "SIGINT"); // pip then removes its temporary files
      killer = setTimeout(finish, GRACE_MS);
    };
    const cancel = (): void => {
      stop("cancelled");
    };
    const timer = setTimeout(stop, options.timeoutMs, "timeout");
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(killer);
      options.signal?.removeEventListener("abort", cancel);
      if (ended.how !== "exit") signalGroup(child, "SIGKILL");
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(ended);
    };
    options.signal?.addEventListener("abort", cancel);
    collect(child, "stdout", ended, options.line);
    collect(child, "stderr", ended, options.line);
    child.on("error", (error) => {
      ended.how = "unstartable";
      ended.reason = codeOf(error);
      finish();
    });
    child.on("close", (code) => {
      ended.code = code;
      finish();
    });
  });
}

/** A program of that name in the folders of PATH; relative folders don't count: they would be the workspace's. */
export async function onPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name + SUFFIX);
    if (isAbsolute(folder) && !(await fault(file))) return file;
  }
  return undefined;
}

/** Why a file can't be a program, if so. */
export async function fault(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return "there is no such file";
  if (found.isDirectory()) return "it is a folder: name the program in it";
  return access(file, constants.X_OK).then(
    () => undefined,
    () => "it isn't executable",
  );
}

/** An error's code as the system names it (`ENOENT`), or its message. */
export function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/** The last line that isn't blank. */
export function lastLine(text: string): string {
  return text.trim().split(/\r?\n/).pop()?.trim() ?? "";
}

function collect(child: ChildProcess, name: "stdout" | "stderr", ended: Ended, line?: (text: string) => void): void {
  let rest = "";
  child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
    ended[name] = (ended[name] + chunk).slice(-KEPT);
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const text of lines) line?.(text.replace(/\/\/[^/\s@]+@/g, "//…@"));
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") {
      spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    } else {
      process.kill(-child.pid, signal);
    }
  } catch {
    // It ended meanwhile.
  }
}
