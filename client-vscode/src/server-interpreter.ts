// The Python interpreter selected in the editor, asked of the extensions that know; neither is needed.
import { codeOf } from "./server-process";

/** What is used of `vscode.extensions`. */
export interface Extensions {
  getExtension: (id: string) => { activate: () => Thenable<unknown> } | undefined;
}

type Listen = (listener: () => void) => { dispose: () => void };

/** What is used of both extensions' interfaces; each has its own half. */
interface Api {
  getEnvironment?: (scope: unknown) => PromiseLike<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment?: Listen;
  environments?: {
    getActiveEnvironmentPath: (scope: unknown) => unknown;
    resolveEnvironment: (path: unknown) => PromiseLike<{ executable?: { uri?: { fsPath: string } } } | undefined>;
    onDidChangeActiveEnvironmentPath: Listen;
  };
}

/** Python Environments first, the Python extension second. */
const IDS = ["ms-python.vscode-python-envs", "ms-python.python"];
const LIMIT_MS = 10_000;

/** The selected interpreter's path, if one of them tells it in time. `scope` is the address of a folder. */
export async function selectedInterpreter(
  extensions: Extensions,
  scope: unknown,
  log: (text: string) => void,
  limitMs = LIMIT_MS,
): Promise<string | undefined> {
  for (const id of IDS) {
    const late = new Promise<never>((_, reject) => {
      setTimeout(reject, limitMs, new Error(`no answer in ${String(limitMs / 1000)} s`));
    });
    const python = await Promise.race([asked(extensions, id, scope), late]).catch((error: unknown) => {
      log(`${id} tells no interpreter: ${codeOf(error)}`);
    });
    if (python) return python;
  }
  return undefined;
}

async function asked(extensions: Extensions, id: string, scope: unknown): Promise<string | undefined> {
  const api = await activated(extensions, id);
  const known = api?.environments;
  const found = await known?.resolveEnvironment(known.getActiveEnvironmentPath(scope));
  return (await api?.getEnvironment?.(scope))?.execInfo?.run?.executable ?? found?.executable?.uri?.fsPath;
}

/** Calls back when another interpreter is selected, until what it gives is called. */
export async function onInterpreterChange(extensions: Extensions, changed: () => void): Promise<() => void> {
  const apis = await Promise.all(IDS.map((id) => activated(extensions, id).catch(() => undefined)));
  const held = apis.flatMap((api) => [
    api?.onDidChangeEnvironment?.(changed),
    api?.environments?.onDidChangeActiveEnvironmentPath(changed),
  ]);
  return () => {
    for (const one of held) one?.dispose();
  };
}

const activated = async (extensions: Extensions, id: string): Promise<Api | undefined> =>
  (await extensions.getExtension(id)?.activate()) as Api | undefined;
