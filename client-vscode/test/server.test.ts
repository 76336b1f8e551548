import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { ExtensionContext, LogOutputChannel } from "vscode";
import { removeServer, resolveServer, setUpServer, showOffer } from "../src/server";
import { compareVersions } from "../src/server-own";
import { MINIMUM_SERVER, update } from "../src/server-problems";
import { editor } from "./vscode";
import { entries, until, type World, world } from "./world";

const log = { info: () => undefined, warn: () => undefined } as unknown as LogOutputChannel;

/** An editor with one server for the selected interpreter and one on PATH; nothing else is on PATH. */
function opened(t: TestContext): { w: World; context: ExtensionContext } {
  const w = world(t);
  w.program("path/lakewright", "echo lakewright 9.1.0");
  w.program("venv/bin/lakewright", "echo lakewright 9.1.0");
  const executable = w.program("venv/bin/python", `echo '${w.at("venv/bin")}'`);
  Object.assign(editor, { path: {}, isTrusted: true, asked: [], shown: [], chosen: undefined, commands: [] });
  editor.exports = {
    "ms-python.vscode-python-envs": { getEnvironment: () => Promise.resolve({ execInfo: { run: { executable } } }) },
  };
  const before = process.env.PATH;
  process.env.PATH = w.at("path");
  t.after(() => {
    process.env.PATH = before;
  });
  const kept = new Map<string, unknown>();
  const context = {
    subscriptions: [],
    extensionUri: { fsPath: w.at("extension") },
    globalStorageUri: { fsPath: w.at("storage") },
    globalState: { get: (key: string) => kept.get(key), update: (key: string, value: unknown) => kept.set(key, value) },
  };
  return { w, context: context as unknown as ExtensionContext };
}

test("a trusted workspace's selected interpreter comes before PATH", async (t) => {
  const { w, context } = opened(t);
  const choice = await resolveServer(context, log);
  assert(choice.kind === "found" && choice.command === w.at("venv/bin/lakewright"));
});

test("an untrusted workspace selects no interpreter: no extension is even asked", async (t) => {
  const { w, context } = opened(t);
  editor.isTrusted = false;
  const choice = await resolveServer(context, log);
  assert(choice.kind === "found" && choice.command === w.at("path/lakewright"));
  assert.deepEqual(editor.asked, []);
});

test("a workspace's value of lakewright.path doesn't count, the user's does", async (t) => {
  const { w, context } = opened(t);
  editor.path = { workspaceValue: w.program("stranger/lakewright", "echo lakewright 9.9.9") };
  const choice = await resolveServer(context, log);
  assert(choice.kind === "found" && choice.command === w.at("venv/bin/lakewright"));
  editor.path = { globalValue: w.at("gone") };
  assert.equal((await resolveServer(context, log)).kind, "missing");
});

test("a set-up that can't be is one message, and the chosen button's command runs", async (t) => {
  const { context } = opened(t);
  editor.chosen = "Copy Command";
  assert.equal(await setUpServer(context, log), false);
  await until(() => editor.commands.length > 0);
  assert.equal(editor.shown.length, 1);
  assert.deepEqual(editor.commands, [["lakewright.copyCommand", "pipx install lakewright"]]);
  assert.equal(context.subscriptions.length, 0);
});

test("a set-up that the user cancels says nothing more", async (t) => {
  const { w, context } = opened(t);
  mkdirSync(w.at("extension/wheel"), { recursive: true });
  writeFileSync(w.at("extension/wheel/lakewright-9.1.0-py3-none-any.whl"), "");
  w.program("path/python3", `: > '${w.at("started")}'; while :; do :; done`);
  const making = setUpServer(context, log);
  await until(() => entries(w.root).includes("started"));
  editor.cancel();
  assert.equal(await making, false);
  assert.deepEqual([editor.shown, entries(w.at("storage/server"))], [[], []]);
});

test("an offer is made once, and again for the next version", async (t) => {
  const { context } = opened(t);
  for (const to of ["0.2.0", "0.2.0", "0.3.0"]) await showOffer(context, update("0.1.0", to));
  assert.equal(editor.shown.length, 2);
});

test("removal takes all environments away, and is no error where there are none", async (t) => {
  const { w, context } = opened(t);
  w.program("storage/server/9.1.0-1/bin/lakewright", "");
  await removeServer(context, log);
  await removeServer(context, log);
  assert.deepEqual(entries(w.at("storage")), []);
  assert.match(editor.shown.join(), /was removed/);
});

test("the extension has the version of the server it carries, and asks for none newer", () => {
  const server = /__version__ = "(.*)"/.exec(
    readFileSync(join("..", "server", "lakewright", "__init__.py"), "utf8"),
  )?.[1];
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  assert.equal(version, server);
  assert(compareVersions(MINIMUM_SERVER, version) <= 0);
});
