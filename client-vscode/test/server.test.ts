import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { causeOfDeath, MINIMUM_SERVER, resolveServer } from "../src/server";
import { showMissing } from "../src/server-problem";
import { editor } from "./vscode";
import { OWN, type World, world } from "./world";

const says = (version: string): string => `echo "lakewright ${version}"`;
const GOOD = says("9.1.0");
const OLD = says("0.0.9");

const setting = (path: string) => (editor.path = { globalValue: path });

/** Makes the Python of the folder `venv` the selected interpreter. */
function selects(w: World): void {
  const executable = w.program("venv/bin/python", "");
  editor.exports["ms-python.vscode-python-envs"] = {
    getEnvironment: () => Promise.resolve({ execInfo: { run: { executable } } }),
  };
}

const ORDER = ["set/lakewright", "venv/bin/lakewright", "path/lakewright", OWN];
for (const [index, expected] of ORDER.entries()) {
  test(`the setting, the interpreter, PATH, the own environment, in this order: ${expected}`, async (t) => {
    const w = world(t);
    selects(w);
    for (const name of ORDER.slice(index)) w.program(name, GOOD);
    if (index === 0) setting(w.at(expected));
    const choice = await resolveServer(w.context, w.log);
    assert(choice.kind === "found");
    assert.deepEqual([choice.command, choice.args], [w.at(expected), ["serve"]]);
  });
}

const MEND = ["Copy Command", "Try Again"];
const NAMED = /lakewright\.path is ".+", which isn't a program's absolute path\. Correct it/;
const WRONG: [title: string, arrange: (w: World) => unknown, message: RegExp, buttons: string[]][] = [
  ["no server anywhere", () => 0, /isn't installed\. Install it/, ["Install", "Open Settings"]],
  ["a path that isn't there", (w) => setting(w.at("gone")), NAMED, ["Open Settings"]],
  ["a relative path", () => setting("bin/lakewright"), NAMED, ["Open Settings"]],
  ["a path that is a folder", (w) => setting(w.at()), NAMED, ["Open Settings"]],
  [
    "a path that isn't executable",
    (w) => {
      chmodSync(setting(w.program("set/lakewright", GOOD)).globalValue, 0o644);
    },
    NAMED,
    ["Open Settings"],
  ],
  [
    "a program that is something else",
    (w) => setting(w.program("set/other", "echo other 3.0.0")),
    /isn't Lakewright/,
    [...MEND, "Open Settings"],
  ],
  [
    "a program whose Python is gone",
    (w) => {
      writeFileSync(w.program("path/lakewright", ""), `#!${w.at("gone/python")}\n`);
    },
    /its Python is gone\. Mend it with: pipx install --force lakewright/,
    [...MEND, "Install"],
  ],
  [
    "a program that dies at start",
    (w) => w.program("path/lakewright", "echo Traceback >&2; echo 'ImportError: no pygls' >&2; exit 1"),
    /can't be used: exit code 1: ImportError: no pygls\. Mend it with/,
    [...MEND, "Install"],
  ],
  [
    "an old server of uv",
    (w) => {
      mkdirSync(w.at("path"));
      symlinkSync(w.program("uv/tools/lakewright/bin/lakewright", OLD), w.at("path/lakewright"));
    },
    new RegExp(`version 0\\.0\\.9, and ${MINIMUM_SERVER} or newer is needed\\. Mend it with: uv tool install`),
    [...MEND, "Install"],
  ],
  [
    "an old server in the selected environment",
    (w) => {
      selects(w);
      w.program("venv/bin/lakewright", OLD);
      w.program(OWN, OLD);
    },
    /Mend it with: ".*venv\/bin\/python" -m pip install --upgrade/,
    [...MEND, "Install"],
  ],
  [
    "an own environment that broke",
    (w) => w.program(OWN, "exit 3"),
    /exit code 3\. Install it again/,
    ["Install", "Show Log"],
  ],
];
for (const [title, arrange, message, buttons] of WRONG) {
  test(`one message that says what to do: ${title}`, async (t) => {
    const w = world(t);
    w.program(OWN.replace("9.1.0", "9.0.0"), GOOD); // an own environment of another version never counts
    arrange(w);
    if (editor.path.globalValue) w.program("path/lakewright", GOOD); // which doesn't make a wrong setting right
    const choice = await resolveServer(w.context, w.log);
    assert(choice.kind === "missing");
    assert.match(choice.message, message);
    const titles = choice.actions.map((action) => action.title);
    assert.deepEqual(titles, buttons);
  });
}

test("a message's chosen button runs its command", async (t) => {
  const w = world(t);
  const choice = await resolveServer(w.context, w.log);
  assert(choice.kind === "missing");
  editor.chosen = "Open Settings";
  await showMissing(choice);
  assert.deepEqual(editor.ran, [["workbench.action.openSettings", "lakewright.path"]]);
});

test("a server that can't be used is passed over with a line in the log, for one that can", async (t) => {
  const w = world(t);
  selects(w);
  w.program("venv/bin/lakewright", OLD);
  w.program("path/lakewright", GOOD);
  const choice = await resolveServer(w.context, w.log);
  assert(choice.kind === "found" && choice.command === w.at("path/lakewright"));
  assert.match(w.lines.join(), /Passed over: .*0\.0\.9/);
});

test("relative folders of PATH don't count, for they are the workspace's", async (t) => {
  const w = world(t);
  w.program("lakewright", GOOD);
  const before = process.cwd();
  process.chdir(w.at());
  t.after(() => {
    process.chdir(before);
  });
  process.env.PATH = ":.:./";
  assert.equal((await resolveServer(w.context, w.log)).kind, "missing");
});

test("an untrusted workspace selects no interpreter: no extension is even asked", async (t) => {
  const w = world(t);
  selects(w);
  w.program("venv/bin/lakewright", GOOD);
  editor.isTrusted = false;
  assert.equal((await resolveServer(w.context, w.log)).kind, "missing");
  assert.deepEqual(editor.asked, []);
});

test("a workspace's value of lakewright.path doesn't count", async (t) => {
  const w = world(t);
  editor.path = { workspaceValue: w.program("stranger/lakewright", GOOD) };
  assert.equal((await resolveServer(w.context, w.log)).kind, "missing");
});

const DEATHS: [title: string, body: string, message: RegExp][] = [
  ["words", "cat; echo 'ImportError: pygls' >&2; exit 1", /it ends at its start: ImportError: pygls\. Mend it/],
  ["none", "cat; exit 1", /ended unexpectedly; the log may say why/],
];
for (const [title, body, message] of DEATHS) {
  test(`a server that tells its version and dies when it serves is told with its last words: ${title}`, async (t) => {
    const w = world(t);
    w.program("path/lakewright", `if [ "$1" = serve ]; then ${body}; else ${GOOD}; fi`);
    const choice = await resolveServer(w.context, w.log);
    assert(choice.kind === "found");
    assert.match((await causeOfDeath(choice)).message, message);
  });
}

for (const version of [MINIMUM_SERVER, "0.1.1", "0.10.0", "10.0", "1.0.0rc1", "0.2.dev3"]) {
  test(`version ${version} is new enough`, async (t) => {
    const w = world(t);
    setting(w.program("set/lakewright", says(version)));
    assert.equal((await resolveServer(w.context, w.log)).kind, "found");
  });
}

test("the extension has the version of the server it carries, and asks for none newer", () => {
  const source = readFileSync(join("..", "server", "lakewright", "__init__.py"), "utf8");
  const server = /__version__ = "(.*)"/.exec(source)?.[1];
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  assert.equal(version, server);
  assert(version.localeCompare(MINIMUM_SERVER, "en", { numeric: true }) >= 0);
});
