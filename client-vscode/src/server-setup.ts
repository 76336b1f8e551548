// Makes the extension's own environment from the wheel it carries, with the user's own pip configuration or uv.
// A virtual environment can't be moved once made: it is made in place, and only its stamp makes it count.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { complete, environments, program, remove, wheelVersion } from "./server-own";
import * as problems from "./server-problems";
import { codeOf, type Ended, lastLine, onPath, run } from "./server-process";

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

export type Made = { kind: "made"; version: string } | { kind: "cancelled" } | problems.Missing;

const LIMIT_MS = 15 * 60_000;
const PROBE_MS = 10_000;

/** Makes the environment, or says why not. What is half made is removed; what was there before stays until then. */
export async function makeEnvironment(site: Site): Promise<Made> {
  if (!site.wheel) return problems.noWheel();
  const folder = environments(site.storage);
  const environment = join(folder, `${wheelVersion(site.wheel)}-${String(Date.now())}`);
  try {
    await mkdir(environment, { recursive: true });
    const made = await build(site, environment, site.wheel);
    await (made.kind === "made" ? complete(environment) : remove(environment));
    return made;
  } catch (error) {
    return problems.unwritable(folder, codeOf(error));
  }
}

async function build(site: Site, environment: string, wheel: string): Promise<Made> {
  site.say("Looking for Python");
  const steps = await plan(site, environment, wheel);
  if (!Array.isArray(steps)) return site.signal.aborted ? { kind: "cancelled" } : steps;
  for (const [step, command, ...args] of steps) {
    site.say(step);
    site.log(`$ ${[command, ...args].join(" ")}`);
    const ended = await run(command, args, running(site));
    if (ended.how === "cancelled") return { kind: "cancelled" };
    if (ended.how === "timeout") return problems.tooSlow(LIMIT_MS / 60_000);
    if (ended.code !== 0) return failed(command, ended, environment);
  }
  return { kind: "made", version: wheelVersion(wheel) };
}

function failed(command: string, ended: Ended, environment: string): problems.Missing {
  if (command !== program(environment, "lakewright")) return problems.installFailed(`${ended.stdout}\n${ended.stderr}`);
  return problems.unusable(command, `was installed and doesn't start: ${ended.reason || lastLine(ended.stderr)}`);
}

type Step = [say: string, command: string, ...args: string[]];

/** The command lines: Python's own venv and pip, or uv where no Python will do; or why there are none. */
async function plan(site: Site, environment: string, wheel: string): Promise<Step[] | problems.Missing> {
  const inside = program(environment, "python");
  const start: Step = ["Starting it once", program(environment, "lakewright"), "--version"];
  const python = await suitablePython(site);
  if (typeof python === "string") {
    const pip = ["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--prefer-binary"];
    return [
      ["Making its environment", python, "-I", "-m", "venv", environment],
      ["Installing", inside, ...pip, wheel],
      start,
    ];
  }
  const uv = await onPath("uv", site.path);
  if (!uv) return python;
  return [
    ["Making its environment", uv, "venv", "--no-project", "--python", `>=${problems.MINIMUM_PYTHON}`, environment],
    ["Installing", uv, "pip", "install", "--python", inside, wheel],
    start,
  ];
}

/** The newest known first; the selected interpreter last, for it goes with its project. */
const NAMES = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];
const PROBE = 'import sys; print("%d.%d" % sys.version_info[:2]); sys.stdout.flush(); import ensurepip, venv';

/** A Python that will do, or what is wrong with those that are there. */
async function suitablePython(site: Site): Promise<string | problems.Missing> {
  let lacking: problems.Missing | undefined;
  let old: problems.Missing | undefined;
  const named = await Promise.all(NAMES.map((name) => onPath(name, site.path)));
  for (const python of new Set([...named, site.interpreter])) {
    if (!python || (process.platform === "darwin" && python === "/usr/bin/python3")) continue; // would ask for Xcode
    const ended = await run(python, ["-I", "-c", PROBE], { timeoutMs: PROBE_MS, signal: site.signal });
    const version = /^(\d+)\.(\d+)$/.exec(ended.stdout.trim());
    if (!version) continue;
    if (Number(version[1]) < 3 || Number(version[2]) < 11) old ??= problems.oldPython(python, version[0]);
    else if (ended.code === 0) return python;
    else lacking ??= problems.noVenv(python, version[0]);
  }
  return lacking ?? old ?? problems.noPython();
}

/** The user's configuration holds, but an installation into the user's own folder can't be meant here. */
function running(site: Site): Parameters<typeof run>[2] {
  const line = (text: string): void => {
    site.log(text);
    const name = /^Collecting ([\w.-]+)/.exec(text)?.[1];
    if (name) site.say(`Fetching ${name}`);
    else if (text.startsWith("Installing collected packages")) site.say("Putting it in place");
  };
  return { timeoutMs: LIMIT_MS, signal: site.signal, env: { ...site.env, PIP_USER: "0" }, line };
}
