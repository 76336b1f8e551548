// Finds the server: the setting, the selected interpreter, PATH, the extension's own environment; the first that works.
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { compareVersions, ownServer, wheelVersion } from "./server-own";
import { died, type Missing, MINIMUM_SERVER, nothingFound, unusable, update, wrongPath } from "./server-problems";
import { type Ended, fault, lastLine, onPath, run, SUFFIX } from "./server-process";

export interface Found {
  kind: "found";
  command: string;
  args: string[];
  version: string;
  /** Where it comes from, in words for the log. */
  from: string;
  /** Something to offer beside: a newer server than the extension's own environment holds. */
  offer?: Missing;
}

export type ServerChoice = Found | Missing;

export interface Surroundings {
  /** `lakewright.path` as the user set it; a workspace's value is none. */
  setting: string;
  /** The selected Python interpreter; undefined without one, and in an untrusted workspace. */
  interpreter: () => Promise<string | undefined>;
  /** The variable PATH. */
  path: string;
  /** The extension's storage, and the wheel it carries. */
  storage: string;
  wheel: string | undefined;
  log: (text: string) => void;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const SETTING = "the setting lakewright.path";
const OWN = "the extension's own environment";

/** The server to start. Never rejects, never asks. */
export async function findServer(around: Surroundings): Promise<ServerChoice> {
  if (around.setting.trim()) return named(around.setting.trim(), around);
  let first: Missing | undefined;
  const seen = new Set<string>();
  for await (const [file, from] of candidates(around)) {
    const real = await realpath(file).catch(() => file);
    if (seen.has(real)) continue;
    seen.add(real);
    const choice = await checked(file, from, around);
    if (choice.kind === "found") return choice;
    around.log(`Passed over (${from}): ${choice.message}`);
    first ??= choice;
  }
  return first ?? nothingFound();
}

/** A path that is set is the only one: what is wrong with it is said, never passed over. */
async function named(path: string, around: Surroundings): Promise<ServerChoice> {
  const file = path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
  const wrong = isAbsolute(file) ? await fault(file) : "it isn't an absolute path";
  return wrong ? wrongPath(path, wrong) : checked(file, SETTING, around);
}

async function* candidates(around: Surroundings): AsyncGenerator<[file: string, from: string]> {
  const python = await around.interpreter();
  for (const folder of python && isAbsolute(python) ? await scriptFolders(python) : []) {
    const file = join(folder, `lakewright${SUFFIX}`);
    if (!(await fault(file))) yield [file, `the selected interpreter, ${python ?? ""}`];
  }
  const file = await onPath("lakewright", around.path);
  if (file) yield [file, "PATH"];
  const own = await ownServer(around.storage);
  if (own) yield [own.file, OWN];
}

/** Prints where an interpreter puts programs; user-wide ones only outside of virtual environments. */
const SCRIPTS = `import sys, sysconfig as s
print(s.get_path("scripts"))
if sys.prefix == sys.base_prefix: print(s.get_path("scripts", s.get_preferred_scheme("user")))`;

async function scriptFolders(python: string): Promise<string[]> {
  const ended = await run(python, ["-I", "-c", SCRIPTS], { timeoutMs: TIMEOUT_MS });
  return ended.stdout.split(/\r?\n/).filter((folder) => isAbsolute(folder));
}

async function checked(file: string, from: string, around: Surroundings): Promise<ServerChoice> {
  const timeoutMs = around.timeoutMs ?? TIMEOUT_MS;
  const ended = await run(file, ["--version"], { timeoutMs });
  const version = /^lakewright (\d+\.\d+\.\d+\S*)/m.exec(ended.stdout)?.[1];
  const works = ended.how === "exit" && ended.code === 0 && version;
  if (!works || compareVersions(version, MINIMUM_SERVER) < 0) {
    const wrong = works ? `is version ${version}; ${MINIMUM_SERVER} or newer is needed` : complaint(ended, timeoutMs);
    const mend = from === OWN ? undefined : await mending(file, works ? "upgrade" : "reinstall");
    return unusable(file, wrong, mend, from === SETTING);
  }
  const found: Found = { kind: "found", command: file, args: ["serve"], version, from };
  const carried = around.wheel && wheelVersion(around.wheel);
  const older = from === OWN && carried && compareVersions(version, carried) < 0;
  return older ? { ...found, offer: update(version, carried) } : found;
}

/** Why a server ended at its start: it is started once more, without input, for its last words. */
export async function causeOfDeath({ command, args, from }: Found, timeoutMs = TIMEOUT_MS): Promise<Missing> {
  const words = lastLine((await run(command, args, { timeoutMs })).stderr);
  if (!words) return died(command);
  const mend = from === OWN ? undefined : await mending(command, "reinstall");
  return unusable(command, `ends at its start: ${words}`, mend, from === SETTING);
}

function complaint({ how, code, reason, stdout, stderr }: Ended, timeoutMs: number): string {
  if (how === "timeout") return `didn't tell its version within ${String(timeoutMs / 1000)} seconds`;
  if (how === "unstartable") return `can't start: ${reason === "ENOENT" ? "its Python is gone" : reason}`;
  if (code === 0) return "isn't Lakewright, by the version it tells";
  const words = lastLine(stderr) || lastLine(stdout);
  return `ends at once, ${code === null ? "by a signal" : `with exit code ${String(code)}`}${words && `: ${words}`}`;
}

type Mend = "upgrade" | "reinstall";

/** Which tool made an installation, by its path, and what that tool mends it with. */
const TOOLS: readonly (readonly [RegExp, Record<Mend, string>])[] = [
  [/[\\/]pipx[\\/]/, { upgrade: "pipx upgrade lakewright", reinstall: "pipx reinstall lakewright" }],
  [
    /[\\/]uv[\\/]tools[\\/]/,
    { upgrade: "uv tool upgrade lakewright", reinstall: "uv tool install --reinstall lakewright" },
  ],
];

async function mending(file: string, how: Mend): Promise<string> {
  const real = await realpath(file).catch(() => file);
  const made = TOOLS.find(([pattern]) => pattern.test(real))?.[1];
  if (made) return made[how];
  const python = join(dirname(real), `python${SUFFIX}`);
  if (await fault(python)) return `pipx ${how} lakewright`;
  return `"${python}" -m pip install --${how === "upgrade" ? "upgrade" : "force-reinstall"} lakewright`;
}
