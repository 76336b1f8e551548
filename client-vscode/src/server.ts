// Finds the server: the setting, the selected interpreter, PATH, the extension's own environment; the first that works.
import { realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { commands, env, type ExtensionContext, type LogOutputChannel, workspace } from "vscode";
import { onInterpreterChange, selectedInterpreter } from "./server-interpreter";
import { died, INSTALL, LOG, type Missing, missing, RESTART, SETTINGS } from "./server-problem";
import { isProgram, onPath, run, SUFFIX } from "./server-process";
import { ownServer } from "./server-setup";

export { died, type Missing, showMissing } from "./server-problem";
export { removeServer, setUpServer } from "./server-setup";

/** The oldest server this extension talks to. */
export const MINIMUM_SERVER = "0.1.0";

const PROGRAM = `lakewright${SUFFIX}`;

type Origin = "the setting lakewright.path" | "the selected interpreter" | "PATH" | "the extension's own environment";

export interface Found {
  kind: "found";
  command: string;
  args: string[];
  origin: Origin;
}

export type ServerChoice = Found | Missing;

/** The server to start. Never throws, never asks. */
export async function resolveServer(context: ExtensionContext, log: LogOutputChannel): Promise<ServerChoice> {
  const setting = workspace.getConfiguration("lakewright").inspect<string>("path")?.globalValue?.trim();
  if (setting) return named(setting);
  const python = await selectedInterpreter(log);
  const folder = python && isAbsolute(python) ? dirname(python) : undefined;
  const candidates: [Origin, string | undefined][] = [
    ["the selected interpreter", folder && join(folder, PROGRAM)],
    ["the selected interpreter", folder && join(folder, "Scripts", PROGRAM)], // conda's on Windows
    ["PATH", await onPath("lakewright")],
    ["the extension's own environment", await ownServer(context)],
  ];
  let first: Missing | undefined;
  for (const [origin, file] of candidates) {
    if (!file || !(await isProgram(file))) continue;
    const choice = await checked(file, origin);
    if (choice.kind === "found") {
      log.info(`Server: ${file} (${origin}).`);
      return choice;
    }
    log.warn(`Passed over: ${choice.message}`);
    first ??= choice;
  }
  return first ?? missing(NOT_INSTALLED, INSTALL, SETTINGS);
}
const NOT_INSTALLED =
  "Lakewright's server isn't installed. Install it for this editor alone (pip fetches about 20 MB), or name yours.";

/** A path that is set is the only one: what is wrong with it is said, never passed over. */
async function named(path: string): Promise<ServerChoice> {
  const file = path.replace(/^~(?=[\\/])/, homedir);
  if (isAbsolute(file) && (await isProgram(file))) return checked(file, "the setting lakewright.path");
  const wrong = `The setting lakewright.path is "${path}", which isn't a program's absolute path.`;
  return missing(`${wrong} Correct it, or empty it: then the server is looked for.`, SETTINGS);
}

/** A version whose numbers sort as text; a numeric collator would load 3 MB of rules. */
const ordered = (version: string) => version.replace(/\d+/g, (number) => number.padStart(9, "0"));

async function checked(command: string, origin: Origin): Promise<ServerChoice> {
  const found: Found = { kind: "found", command, args: ["serve"], origin };
  try {
    const version = /^lakewright (\S+)/m.exec((await run(command, ["--version"])).join("\n"))?.[1];
    if (!version) return await unusable(found, "it isn't Lakewright, by the version it tells");
    if (ordered(version) >= ordered(MINIMUM_SERVER)) return found;
    return await unusable(found, `it is version ${version}, and ${MINIMUM_SERVER} or newer is needed`);
  } catch (error) {
    return unusable(found, wordsOf(error));
  }
}

/** Why a server ended at its start: it is started once more, without input, for its last words. */
export async function causeOfDeath(found: Found): Promise<Missing> {
  let words = "";
  const line = (text: string) => (words = text.trim() || words);
  await run(found.command, found.args, { line }).catch(() => undefined);
  return words ? unusable(found, `it ends at its start: ${words}`) : died(found.command);
}

/** The file itself is there: what a system misses then is the program that should interpret it. */
const wordsOf = (error: unknown): string =>
  (error as NodeJS.ErrnoException).code === "ENOENT" ? "its Python is gone" : (error as Error).message;

async function unusable({ command, origin }: Found, fault: string): Promise<Missing> {
  const wrong = `Lakewright's server ${command} can't be used: ${fault}.`;
  if (origin === "the extension's own environment") return missing(`${wrong} Install it again.`, INSTALL, LOG);
  const mend = await mending(command);
  const other = origin === "the setting lakewright.path" ? SETTINGS : INSTALL;
  const copy = { title: "Copy Command", command: "lakewright.copyCommand", arguments: [mend] };
  return missing(`${wrong} Mend it with: ${mend}`, copy, RESTART, other);
}

/** The command line that puts an installation right, by the tool that made it. */
async function mending(command: string): Promise<string> {
  const real = await realpath(command).catch(() => command);
  if (/[\\/]uv[\\/]tools[\\/]/.test(real)) return "uv tool install --reinstall lakewright";
  const python = join(dirname(real), `python${SUFFIX}`);
  if (/[\\/]pipx[\\/]/.test(real) || !(await isProgram(python))) return "pipx install --force lakewright";
  return `"${python}" -m pip install --upgrade --force-reinstall lakewright`;
}

/** Calls back whenever another server might be chosen: path, interpreter, trust. */
export function watchServer(context: ExtensionContext, changed: () => void): void {
  const listen = async (): Promise<void> => {
    if (workspace.isTrusted) context.subscriptions.push(...(await onInterpreterChange(changed)));
  };
  void listen();
  context.subscriptions.push(
    commands.registerCommand("lakewright.copyCommand", (text: string) => env.clipboard.writeText(text)),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("lakewright.path")) changed();
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      void listen();
      changed();
    }),
  );
}
