// The Python interpreter selected in the editor, asked of the extensions that know; neither is needed.
import { codeOf } from "./server-process";

type Listen = (listener: () => void) => { dispose: () => void };

/** What is used of `vscode.extensions`. */
export interface Extensions {
  getExtension: (id: string) => { activate: () => Thenable<unknown> } | undefined;
}

interface EnvironmentsApi {
  getEnvironment?: (scope: unknown) => PromiseLike<{ execInfo?: { run?: { executable?: string } } } | undefined>;
  onDidChangeEnvironment?: Listen;
}

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath: (scope: unknown) => unknown;
    resolveEnvironment: (path: unknown) => PromiseLike<{ executable?: { uri?: { fsPath: string } } } | undefined>;
    onDidChangeActiveEnvironmentPath: Listen;
  };
}

interface Source {
  id: string;
  python: (api: EnvironmentsApi & PythonApi, scope: unknown) => PromiseLike<string | undefined>;
  changes: (api: EnvironmentsApi & PythonApi) => Listen | undefined;
}

/** Python Environments first, the Python extension second. */
const SOURCES: readonly Source[] = [
  {
    id: "ms-python.vscode-python-envs",
    python: async (api, scope) => (await api.getEnvironment?.(scope))?.execInfo?.run?.executable,
    changes: (api) => api.onDidChangeEnvironment,
  },
  {
    id: "ms-python.python",
    python: async ({ environments: known }, scope) =>
      (await known?.resolveEnvironment(known.getActiveEnvironmentPath(scope)))?.executable?.uri?.fsPath,
    changes: (api) => api.environments?.onDidChangeActiveEnvironmentPath,
  },
];

const LIMIT_MS = 10_000;

/** The selected interpreter's path, if any extension tells one in time. `scope` is a folder's address. */
export async function selectedInterpreter(
  extensions: Extensions,
  scope: unknown,
  log: (text: string) => void,
  limitMs = LIMIT_MS,
): Promise<string | undefined> {
  for (const source of SOURCES) {
    const asked = activated(extensions, source).then((api) => api && source.python(api, scope));
    const python = await within(asked, limitMs).catch((error: unknown) => {
      log(`${source.id} tells no interpreter: ${codeOf(error)}`);
    });
    if (python) return python;
  }
  return undefined;
}

/** Calls back when another interpreter is selected; what it gives ends that. */
export async function onInterpreterChange(extensions: Extensions, changed: () => void): Promise<() => void> {
  const listening = SOURCES.map((source) =>
    activated(extensions, source).then(
      (api) => api && source.changes(api)?.(changed),
      () => undefined,
    ),
  );
  const held = await Promise.all(listening);
  return () => {
    for (const one of held) one?.dispose();
  };
}

async function activated(extensions: Extensions, source: Source): Promise<(EnvironmentsApi & PythonApi) | undefined> {
  return (await extensions.getExtension(source.id)?.activate()) as (EnvironmentsApi & PythonApi) | undefined;
}

function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(limitMs / 1000)} seconds`));
    }, limitMs);
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
