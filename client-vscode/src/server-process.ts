// Programs on disk, and child processes that always end, by themselves or by a limit, with their own children.
import { type ChildProcess, spawn } from "node:child_process";
import { access, constants, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";

export interface Limits {
  timeoutMs: number;
  signal?: AbortSignal;
  env?: NodeJS.ProcessEnv;
  /** Called with each line of either output, without credentials in addresses. */
  line?: (text: string) => void;
}

export interface Ended {
  /** "unstartable" comes with the system's name of the error (`ENOENT`) as `reason`. */
  how: "exit" | "timeout" | "cancelled" | "unstartable";
  code: number | null;
  reason: string;
  stdout: string;
  stderr: string;
}

/** What a program's file name ends with. */
export const SUFFIX = process.platform === "win32" ? ".exe" : "";
const KEPT = 64 * 1024; // characters of each output, the last ones
const GRACE_MS = 2000; // between asking a process to end and ending it

/** Runs a program, an absolute path, in its own folder (never a workspace) without shell or input. Never rejects. */
export async function run(program: string, args: readonly string[], limits: Limits): Promise<Ended> {
  const ended: Ended = { how: "exit", code: null, reason: "", stdout: "", stderr: "" };
  if (limits.signal?.aborted) return { ...ended, how: "cancelled" };
  const limit = AbortSignal.timeout(limits.timeoutMs);
  await new Promise<void>((resolve) => {
    const child = spawn(program, args, {
      cwd: dirname(program),
      env: limits.env ?? process.env,
      detached: !SUFFIX, // a group of its own, so that one signal reaches all of it
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
    });
    let grace: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(grace);
      for (const signal of [limit, limits.signal]) signal?.removeEventListener("abort", stop);
      if (limit.aborted || limits.signal?.aborted) kill(child, "SIGKILL");
      for (const name of ["stdout", "stderr"] as const) {
        child[name].destroy();
        ended[name] = withoutCredentials(ended[name]);
      }
      resolve();
    };
    const stop = (): void => {
      ended.how = limit.aborted ? "timeout" : "cancelled";
      kill(child, "SIGINT"); // pip then removes its temporary files
      grace ??= setTimeout(done, GRACE_MS);
    };
    for (const signal of [limit, limits.signal]) signal?.addEventListener("abort", stop);
    for (const name of ["stdout", "stderr"] as const) {
      let rest = "";
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        ended[name] = (ended[name] + chunk).slice(-KEPT);
        const lines = (rest + chunk).split(/\r?\n/);
        rest = lines.pop() ?? "";
        for (const text of lines) limits.line?.(withoutCredentials(text));
      });
    }
    child.on("close", (code) => {
      ended.code = code;
      done();
    });
    child.on("error", (error) => {
      Object.assign(ended, { how: "unstartable", reason: codeOf(error) });
      done();
    });
  }).catch((error: unknown) => Object.assign(ended, { how: "unstartable", reason: codeOf(error) }));
  return ended;
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (SUFFIX) spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    else process.kill(-child.pid, signal);
  } catch {
    // All of it has ended meanwhile.
  }
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

/** A program of that name in the folders of PATH; relative folders don't count: they would be the workspace's. */
export async function onPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name + SUFFIX);
    if (isAbsolute(folder) && !(await fault(file))) return file;
  }
  return undefined;
}

/** An error's code as the system names it, or its message. */
export const codeOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));

export const lastLine = (text: string): string => text.trim().split(/\r?\n/).pop() ?? "";

const withoutCredentials = (text: string): string => text.replace(/\/\/[^/\s@]+@/g, "//…@");
