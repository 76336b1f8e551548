// Makes the extension's own environment from the wheel it carries, with the user's own pip configuration or uv.
// A virtual environment can't be moved once made: it is made in place, and only its stamp makes it count.
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { environments, program, remove, stamp, wheelVersion } from "./server-own";
import {
  busy,
  installFailed,
  type Missing,
  MINIMUM_PYTHON,
  noPython,
  noVenv,
  noWheel,
  oldPython,
  tooSlow,
  unusable,
  unwritable,
} from "./server-problems";
import { codeOf, lastLine, onPath, run } from "./server-process";

export interface Site {
  /** The extension's storage, and the wheel it carries. */
  storage: string;
  wheel: string | undefined;
  /** The variable PATH, and the selected interpreter. */
  path: string;
  interpreter: string | undefined;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Tells the user the step that is under way. */
  say: (step: string) => void;
  log: (line: string) => void;
}

export type Made = { kind: "made"; version: string } | { kind: "cancelled" } | Missing;

const LIMIT_MS = 15 * 60_000;
const PROBE_MS = 10_000;

/** Makes the environment, or says why not; what is half made is removed, and what was there before stays. */
export async function makeEnvironment(site: Site): Promise<Made> {
  if (!site.wheel) return noWheel();
  const folder = environments(site.storage);
  const lock = join(folder, "lock");
  try {
    await mkdir(folder, { recursive: true });
    if (!(await locked(lock))) return busy();
  } catch (error) {
    return unwritable(folder, codeOf(error));
  }
  const environment = join(folder, wheelVersion(site.wheel));
  let made: Made | undefined;
  try {
    await remove(environment);
    made = await build(site, environment, site.wheel);
    return made;
  } catch (error) {
    return unwritable(folder, codeOf(error));
  } finally {
    await tidy(folder, environment, made?.kind === "made").catch((error: unknown) => {
      site.log(`Not all was removed from ${folder}: ${codeOf(error)}`);
    });
  }
}

async function build(site: Site, environment: string, wheel: string): Promise<Made> {
  site.say("Looking for Python");
  const steps = await plan(site, environment, wheel);
  if ("kind" in steps) return steps;
  for (const { say, command, args } of steps) {
    site.say(say);
    site.log(`$ ${[command, ...args].join(" ")}`);
    const ended = await run(command, args, running(site));
    if (ended.how === "cancelled") return { kind: "cancelled" };
    if (ended.how === "timeout") return tooSlow(LIMIT_MS / 60_000);
    if (ended.code !== 0) return installFailed(`${ended.stdout}\n${ended.stderr}${ended.reason}`);
  }
  site.say("Starting it once");
  const server = program(environment, "lakewright");
  const ended = await run(server, ["--version"], { timeoutMs: 60_000, signal: site.signal });
  if (ended.how === "cancelled") return { kind: "cancelled" };
  if (ended.code !== 0) return unusable(server, `doesn't start: ${lastLine(ended.stderr)}`, undefined, false);
  await stamp(environment, { version: wheelVersion(wheel), with: steps[0]?.command });
  return { kind: "made", version: wheelVersion(wheel) };
}

interface Step {
  say: string;
  command: string;
  args: string[];
}

/** The command lines: Python's own venv and pip, or uv where no Python will do; or why there are none. */
async function plan(site: Site, environment: string, wheel: string): Promise<Step[] | Missing> {
  const python = await suitablePython(site);
  if (typeof python === "string") {
    const pip = ["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--prefer-binary"];
    return [
      { say: "Making its environment", command: python, args: ["-I", "-m", "venv", environment] },
      { say: "Installing", command: program(environment, "python"), args: [...pip, wheel] },
    ];
  }
  const uv = await onPath("uv", site.path);
  if (!uv) return python;
  const into = program(environment, "python");
  return [
    { say: "Making its environment", command: uv, args: ["venv", "--python", `>=${MINIMUM_PYTHON}`, environment] },
    { say: "Installing", command: uv, args: ["pip", "install", "--python", into, wheel] },
  ];
}

/** The newest known first; the selected interpreter last, for it goes with its project. */
const NAMES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];
const PROBE = 'import sys; print("%d.%d" % sys.version_info[:2]); sys.stdout.flush(); import ensurepip, venv';

/** A Python that will do, or what is wrong with the best there is. */
async function suitablePython(site: Site): Promise<string | Missing> {
  let lacking: Missing | undefined;
  let old: Missing | undefined;
  const named = await Promise.all(NAMES.map((name) => onPath(name, site.path)));
  for (const python of new Set([...named, site.interpreter])) {
    if (!python || (process.platform === "darwin" && python === "/usr/bin/python3")) continue; // would ask for Xcode
    const ended = await run(python, ["-I", "-c", PROBE], { timeoutMs: PROBE_MS, signal: site.signal });
    const version = /^3\.(\d+)$/m.exec(ended.stdout.trim());
    if (!version) continue;
    if (Number(version[1]) < Number(MINIMUM_PYTHON.split(".")[1])) old ??= oldPython(python, version[0]);
    else if (ended.code === 0) return python;
    else lacking ??= noVenv(python, version[0]);
  }
  return lacking ?? old ?? noPython();
}

/** The user's configuration holds; only an installation into the user's own folder can't be meant here. */
function running(site: Site): Parameters<typeof run>[2] {
  const line = (text: string): void => {
    site.log(text);
    const package_ = /^Collecting ([\w.-]+)/.exec(text)?.[1];
    if (package_) site.say(`Fetching ${package_}`);
    else if (text.startsWith("Installing collected packages")) site.say("Putting it in place");
  };
  const env = { ...site.env, PIP_USER: "0" };
  return { timeoutMs: LIMIT_MS, signal: site.signal, cwd: environments(site.storage), env, line };
}

/** Takes the lock that windows share; one whose owner is gone, or which is older than any set-up, doesn't hold. */
async function locked(lock: string): Promise<boolean> {
  const holds = await stat(lock).then(
    async ({ mtimeMs }) => Date.now() - mtimeMs < LIMIT_MS + 60_000 && alive(Number(await readFile(lock, "utf8"))),
    () => false,
  );
  if (holds) return false;
  await rm(lock, { force: true });
  return writeFile(lock, String(process.pid), { flag: "wx" }).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    },
  );
}

function alive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Removes the lock and, after success, every other environment; after anything else the half-made one. */
async function tidy(folder: string, environment: string, made: boolean): Promise<void> {
  const gone = made ? (await readdir(folder)).map((name) => join(folder, name)) : [environment, join(folder, "lock")];
  for (const path of gone) if (path !== environment || !made) await remove(path);
}
