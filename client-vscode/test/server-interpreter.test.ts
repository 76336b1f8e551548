import assert from "node:assert/strict";
import { test } from "node:test";
import { onInterpreterChange, selectedInterpreter } from "../src/server-interpreter";
import { editor } from "./vscode";
import { world } from "./world";

/** What both extensions export, Python Environments first; undefined is one that isn't there. */
function exports(environments: unknown, python: unknown): void {
  editor.exports = { "ms-python.vscode-python-envs": environments, "ms-python.python": python };
}

const environmentsTell = (executable: string | undefined) => ({
  getEnvironment: () => Promise.resolve(executable && { execInfo: { run: { executable } } }),
});
const pythonTells = (fsPath: string) => ({
  environments: {
    getActiveEnvironmentPath: () => ({ path: fsPath }),
    resolveEnvironment: ({ path }: { path: string }) => Promise.resolve({ executable: { uri: { fsPath: path } } }),
  },
});
const failing = { getEnvironment: () => Promise.reject(new Error("x")) };
const hanging = { getEnvironment: () => new Promise(() => undefined) };

const CASES: [title: string, environments: unknown, python: unknown, expected: string | undefined][] = [
  ["none", undefined, undefined, undefined],
  ["Python Environments first", environmentsTell("/a"), pythonTells("/b"), "/a"],
  ["Python where the other is absent", undefined, pythonTells("/b"), "/b"],
  ["Python where the other tells none", environmentsTell(undefined), pythonTells("/b"), "/b"],
  ["Python where the other is switched off", {}, pythonTells("/b"), "/b"],
  ["Python where the other never answers", hanging, pythonTells("/b"), "/b"],
  ["Python where the other fails", failing, pythonTells("/b"), "/b"],
  ["none where both speak otherwise", { getEnvironment: 5 }, { environments: {} }, undefined],
];
for (const [title, environments, python, expected] of CASES) {
  test(`the selected interpreter is asked of the extensions that are there: ${title}`, async (t) => {
    const { log } = world(t);
    exports(environments, python);
    const held = setTimeout(() => undefined, 10_000);
    assert.equal(await selectedInterpreter(log, 50), expected);
    clearTimeout(held);
  });
}

test("a change of either extension's selection calls back until it is no longer wanted", async (t) => {
  world(t);
  const held = new Set<{ listener: () => void }>();
  const listen = (listener: () => void) => {
    const one = { listener };
    held.add(one);
    return { dispose: () => held.delete(one) };
  };
  let changes = 0;
  exports({ onDidChangeEnvironment: listen }, { environments: { onDidChangeActiveEnvironmentPath: listen } });
  const disposables = await onInterpreterChange(() => changes++);
  for (const { listener } of held) listener();
  for (const one of disposables) one.dispose();
  assert.deepEqual([changes, held.size], [2, 0]);
});
