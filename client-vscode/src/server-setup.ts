// The extension's own environment, made on request from the wheel it carries, with the user's own pip or uv settings.
import { mkdir, readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ExtensionContext, type LogOutputChannel, ProgressLocation, Uri, window } from "vscode";
import { selectedInterpreter } from "./server-interpreter";
import { INSTALL, LOG, missing, showMissing } from "./server-problem";
import { type Limits, onPath, run, SUFFIX } from "./server-process";

const AGAIN = { ...INSTALL, title: "Try Again" };
const NEEDED = "it needs Python 3.11 or newer with venv (Debian, Ubuntu: sudo apt install python3-venv) or uv on PATH.";
const NETWORK =
  "If that's the network: pip config set global.index-url URL (or global.proxy, global.cert), then try again.";
const LIMIT_MS = 15 * 60_000;
/** The newest known first; the interpreter selected in the editor comes last, for it goes with its project. */
const PYTHONS = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];
const SUITABLE = `import sys
if sys.version_info < (3, 11): sys.exit("it is Python %d.%d" % sys.version_info[:2])
import ensurepip, venv`;

const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 };

interface Carried {
  wheel: string;
  environment: string;
}

/** The folder of the own environment, and nothing else. */
const home = (context: ExtensionContext): string => join(context.globalStorageUri.fsPath, "server");

/** A program of an environment. */
const program = (environment: string, name: string): string =>
  join(environment, SUFFIX ? "Scripts" : "bin", name + SUFFIX);

/** Where the server of the own environment is once it's made: pip writes that file last. */
export async function ownServer(context: ExtensionContext): Promise<string | undefined> {
  const carried = await carriedServer(context);
  return carried && program(carried.environment, "lakewright");
}

/** The wheel in the extension, and its environment, named after it: one of another version doesn't count. */
async function carriedServer(context: ExtensionContext): Promise<Carried | undefined> {
  const folder = Uri.joinPath(context.extensionUri, "wheel").fsPath;
  const name = (await readdir(folder).catch(() => [])).find((file) => file.endsWith(".whl"));
  return name ? { wheel: join(folder, name), environment: join(home(context), basename(name, ".whl")) } : undefined;
}

let running: Promise<boolean> | undefined;

/** Makes the own environment, once at a time, with progress and Cancel; whether it is there now. */
export const setUpServer = (context: ExtensionContext, log: LogOutputChannel): Promise<boolean> =>
  (running ??= setUp(context, log).finally(() => (running = undefined)));

async function setUp(context: ExtensionContext, log: LogOutputChannel): Promise<boolean> {
  const stop = new AbortController();
  const abort = stop.abort.bind(stop);
  context.subscriptions.push({ dispose: abort });
  const title = "Installing Lakewright's server";
  const options = { location: ProgressLocation.Notification, title, cancellable: true };
  return window.withProgress(options, async (progress, token) => {
    token.onCancellationRequested(abort);
    const line = (text: string): void => {
      log.info(text);
      if (text.startsWith("Collecting ")) progress.report({ message: text });
    };
    try {
      await make(context, log, { line, signal: stop.signal });
      return true;
    } catch (error) {
      await rm(home(context), REMOVAL).catch(() => undefined);
      const problem = missing(`Lakewright's server wasn't installed: ${(error as Error).message}`, AGAIN, LOG);
      if (!stop.signal.aborted) void showMissing(problem);
      return false;
    }
  });
}

async function make(context: ExtensionContext, log: LogOutputChannel, limits: Limits): Promise<void> {
  const carried = await carriedServer(context);
  if (!carried) throw new Error("this build of the extension carries none. Use a terminal: pipx install lakewright");
  const commandLines = await plan(carried, log, limits);
  await rm(home(context), REMOVAL);
  await mkdir(home(context), { recursive: true });
  // The user's settings hold, but the user's own folder can't be meant; temporary files go when the rest does.
  const env = { ...process.env, PIP_USER: "0", TMPDIR: home(context) };
  for (const [command, ...args] of commandLines) {
    log.info(`$ ${[command, ...args].join(" ")}`);
    await run(command, args, { ...limits, env, timeoutMs: LIMIT_MS }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}. ${NETWORK}`);
    });
  }
}

type CommandLine = [command: string, ...args: string[]];

/** Python's own venv and pip, or uv where no Python will do. */
async function plan({ wheel, environment }: Carried, log: LogOutputChannel, limits: Limits): Promise<CommandLine[]> {
  const inside = program(environment, "python");
  let fault = "";
  for (const python of [...(await Promise.all(PYTHONS.map(onPath))), await selectedInterpreter(log)]) {
    if (!python || (process.platform === "darwin" && python === "/usr/bin/python3")) continue; // would ask for Xcode
    try {
      await run(python, ["-I", "-c", SUITABLE], limits);
      return [
        [python, "-I", "-m", "venv", environment],
        [inside, "-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--prefer-binary", wheel],
      ];
    } catch (error) {
      fault ||= ` ${python}: ${(error as Error).message}.`;
    }
  }
  const uv = await onPath("uv");
  if (!uv) throw new Error(NEEDED + fault);
  return [
    [uv, "venv", "--no-project", "--python", ">=3.11", environment],
    [uv, "pip", "install", "--python", inside, wheel],
  ];
}

/** Removes the own environment; stop a server that runs from it before. */
export async function removeServer(context: ExtensionContext, log: LogOutputChannel): Promise<void> {
  try {
    await rm(home(context), REMOVAL);
    log.info(`Removed ${home(context)}.`);
    void window.showInformationMessage("Lakewright's own environment was removed.");
  } catch (error) {
    void window.showErrorMessage(`Remove ${home(context)} by hand: ${(error as Error).message}.`);
  }
}
