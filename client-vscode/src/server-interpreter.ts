// The Python interpreter selected in the editor, asked of the extensions that know; neither is needed.
import { setTimeout as after } from "node:timers/promises";
import { type Disposable, type Event, extensions, type LogOutputChannel, type Uri, workspace } from "vscode";

/** What is used of Python Environments. */
interface Environments {
  getEnvironment: (scope?: Uri) => Promise<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment: Event<unknown>;
}

/** What is used of the Python extension. */
interface Python {
  environments?: {
    getActiveEnvironmentPath: (scope?: Uri) => unknown;
    resolveEnvironment: (path: unknown) => Promise<{ executable: { uri?: Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: Event<unknown>;
  };
}

const environments = async () => extensions.getExtension<Environments>("ms-python.vscode-python-envs")?.activate();
const python = async () => (await extensions.getExtension<Python>("ms-python.python")?.activate())?.environments;

/** Each extension's own way to tell the interpreter of a folder, and that another was selected. */
const KNOWN = [
  {
    tell: async (scope?: Uri) => (await (await environments())?.getEnvironment(scope))?.execInfo?.run?.executable,
    listen: async (changed: () => void) => (await environments())?.onDidChangeEnvironment(changed),
  },
  {
    tell: async (scope?: Uri) => {
      const api = await python();
      return (await api?.resolveEnvironment(api.getActiveEnvironmentPath(scope)))?.executable.uri?.fsPath;
    },
    listen: async (changed: () => void) => (await python())?.onDidChangeActiveEnvironmentPath(changed),
  },
];

/** Its path, if one of them tells it in time; none in an untrusted workspace, for it would be the workspace's word. */
export async function selectedInterpreter(log: LogOutputChannel, limitMs = 10_000): Promise<string | undefined> {
  if (!workspace.isTrusted) return undefined;
  for (const { tell } of KNOWN) {
    const late = after(limitMs, undefined, { ref: false });
    const told = await Promise.race([tell(workspace.workspaceFolders?.[0]?.uri), late]).catch((error: unknown) => {
      log.warn(`A Python extension tells no interpreter: ${String(error)}`);
    });
    if (told) return told;
  }
  return undefined;
}

/** Calls back when another interpreter is selected. */
export async function onInterpreterChange(changed: () => void): Promise<Disposable[]> {
  const held = await Promise.all(KNOWN.map(({ listen }) => listen(changed).catch(() => undefined)));
  return held.filter((one) => one !== undefined);
}
