import assert from "node:assert/strict";
import { test } from "node:test";
import { type Extensions, onInterpreterChange, selectedInterpreter } from "../src/server-interpreter";

const never = new Promise<never>(() => undefined);
const quiet = { dispose: () => undefined };

/** Stand-ins for both extensions, by what each exports. */
function stubs(environments: unknown, python: unknown): Extensions {
  const known: Record<string, unknown> = { "ms-python.vscode-python-envs": environments, "ms-python.python": python };
  return {
    getExtension: (id) => (known[id] === undefined ? undefined : { activate: () => Promise.resolve(known[id]) }),
  };
}

const environmentsTell = (executable: string | undefined) => ({
  getEnvironment: () => Promise.resolve(executable && { execInfo: { run: { executable } } }),
  onDidChangeEnvironment: () => quiet,
});
const pythonTells = (fsPath: string) => ({
  environments: {
    getActiveEnvironmentPath: (scope: unknown) => ({ path: scope }),
    resolveEnvironment: ({ path }: { path: string }) =>
      Promise.resolve({ executable: { uri: { fsPath: path + fsPath } } }),
    onDidChangeActiveEnvironmentPath: () => quiet,
  },
});

const CASES: [title: string, Extensions, expected: string | undefined][] = [
  ["none", stubs(undefined, undefined), undefined],
  ["Python Environments first", stubs(environmentsTell("/a/python"), pythonTells("/python")), "/a/python"],
  ["Python where the other is absent", stubs(undefined, pythonTells("/python")), "/folder/python"],
  ["Python where the other tells none", stubs(environmentsTell(undefined), pythonTells("/python")), "/folder/python"],
  ["Python where the other is switched off", stubs(null, pythonTells("/python")), "/folder/python"],
  ["Python where the other never answers", stubs({ getEnvironment: () => never }, pythonTells("/p")), "/folder/p"],
  [
    "Python where the other fails",
    stubs({ getEnvironment: () => Promise.reject(new Error("x")) }, pythonTells("/p")),
    "/folder/p",
  ],
  ["none where both speak otherwise", stubs({ getEnvironment: 5 }, { environments: {} }), undefined],
];
for (const [title, extensions, expected] of CASES) {
  test(`the selected interpreter is asked of the extensions that are there: ${title}`, async () => {
    assert.equal(await selectedInterpreter(extensions, "/folder", () => undefined, 50), expected);
  });
}

test("a change of either extension's selection calls back until it is no longer wanted", async () => {
  const listeners = new Set<() => void>();
  const listen = (listener: () => void) => {
    listeners.add(listener);
    return { dispose: () => listeners.delete(listener) };
  };
  let changes = 0;
  const stop = await onInterpreterChange(
    stubs({ onDidChangeEnvironment: listen }, { environments: { onDidChangeActiveEnvironmentPath: listen } }),
    () => changes++,
  );
  for (const listener of listeners) listener();
  stop();
  assert.deepEqual([changes, listeners.size], [1, 0]);
});
