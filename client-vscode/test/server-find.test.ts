import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { causeOfDeath, findServer, type ServerChoice, type Surroundings } from "../src/server-find";
import { MINIMUM_SERVER } from "../src/server-problems";
import { alive, until, type World, world } from "./world";

const says = (version: string): string => `echo "lakewright ${version}"`;
const GOOD = says("9.1.0");

function find(w: World, around: Partial<Surroundings>): Promise<ServerChoice> {
  return findServer({
    setting: "",
    interpreter: () => Promise.resolve(undefined),
    path: "",
    storage: w.at("storage"),
    wheel: undefined,
    log: (line) => w.lines.push(line),
    ...around,
  });
}

/** Puts a server into each place there is, all in order. */
function everywhere(w: World): Partial<Surroundings> {
  w.program("venv/bin/lakewright", GOOD);
  w.program("path/lakewright", GOOD);
  own(w, "9.1.0", GOOD);
  const python = w.program("venv/bin/python", `echo '${w.at("venv/bin")}'`);
  return { setting: w.program("set/lakewright", GOOD), interpreter: () => Promise.resolve(python), path: w.at("path") };
}

function own(w: World, version: string, body: string): string {
  const file = w.program(`storage/server/${version}-1700000000000/bin/lakewright`, body);
  writeFileSync(w.at(`storage/server/${version}-1700000000000/complete`), "");
  return file;
}

const ORDER: [without: (keyof Surroundings)[], expected: string][] = [
  [[], "set/lakewright"],
  [["setting"], "venv/bin/lakewright"],
  [["setting", "interpreter"], "path/lakewright"],
  [["setting", "interpreter", "path"], "storage/server/9.1.0-1700000000000/bin/lakewright"],
];
for (const [without, expected] of ORDER) {
  test(`the setting, the interpreter, PATH, the own environment, in this order: without ${without.join(", ") || "none"}`, async (t) => {
    const w = world(t);
    const around = Object.fromEntries(
      Object.entries(everywhere(w)).filter(([key]) => !without.includes(key as keyof Surroundings)),
    );
    const choice = await find(w, around);
    assert(choice.kind === "found");
    assert.deepEqual([choice.command, choice.args, choice.version], [w.at(expected), ["serve"], "9.1.0"]);
  });
}

interface Wrong {
  title: string;
  around: (w: World) => Partial<Surroundings>;
  message: RegExp;
  buttons: string[];
}

const MEND = ["Copy Command", "Try Again"];
const WRONG: Wrong[] = [
  {
    title: "no server anywhere",
    around: (w) => ({ path: w.at("nowhere") }),
    message: /isn't installed\. Install it/,
    buttons: ["Install", "Open Settings"],
  },
  {
    title: "a path that isn't there",
    around: (w) => ({ ...everywhere(w), setting: w.at("gone") }),
    message: /lakewright\.path is ".*gone", and there is no such file/,
    buttons: ["Open Settings"],
  },
  {
    title: "a relative path",
    around: (w) => ({ ...everywhere(w), setting: "bin/lakewright" }),
    message: /"bin\/lakewright", and it isn't an absolute path/,
    buttons: ["Open Settings"],
  },
  {
    title: "a path that is a folder",
    around: (w) => ({ ...everywhere(w), setting: w.root }),
    message: /it is a folder/,
    buttons: ["Open Settings"],
  },
  {
    title: "a path that isn't executable",
    around: (w) => {
      const around = everywhere(w);
      chmodSync(w.at("set/lakewright"), 0o644);
      return around;
    },
    message: /it isn't executable/,
    buttons: ["Open Settings"],
  },
  {
    title: "a program that is something else",
    around: (w) => ({ setting: w.program("set/other", "echo other 3.0.0") }),
    message: /isn't Lakewright/,
    buttons: [...MEND, "Open Settings"],
  },
  {
    title: "a program whose Python is gone",
    around: (w) => {
      w.program("path/lakewright", "");
      writeFileSync(w.at("path/lakewright"), `#!${w.at("gone/python")}\n`);
      return { path: w.at("path") };
    },
    message: /can't start: its Python is gone\. Mend it with: pipx reinstall lakewright/,
    buttons: [...MEND, "Install"],
  },
  {
    title: "a program of another machine's kind",
    around: (w) => {
      writeFileSync(w.program("path/lakewright", ""), "\u0000\u0001\u0002");
      return { path: w.at("path") };
    },
    message: /can't start: ENOEXEC|ends at once/,
    buttons: [...MEND, "Install"],
  },
  {
    title: "a program that dies at start",
    around: (w) => {
      w.program("path/lakewright", "echo Traceback >&2; echo 'ModuleNotFoundError: No module named pygls' >&2; exit 1");
      return { path: w.at("path") };
    },
    message: /ends at once, with exit code 1: ModuleNotFoundError: No module named pygls\. Mend it with/,
    buttons: [...MEND, "Install"],
  },
  {
    title: "a program that a signal ends",
    around: (w) => ({ setting: w.program("set/lakewright", "kill -SEGV $$") }),
    message: /ends at once, by a signal\./,
    buttons: [...MEND, "Open Settings"],
  },
  {
    title: "an old server of pipx",
    around: (w) => {
      mkdirSync(w.at("path"));
      symlinkSync(w.program("pipx/venvs/lakewright/bin/lakewright", says("0.0.9")), w.at("path/lakewright"));
      return { path: w.at("path") };
    },
    message: new RegExp(
      `version 0\\.0\\.9; ${MINIMUM_SERVER} or newer is needed\\. Mend it with: pipx upgrade lakewright`,
    ),
    buttons: [...MEND, "Install"],
  },
  {
    title: "an old server of uv",
    around: (w) => {
      mkdirSync(w.at("path"));
      symlinkSync(w.program("uv/tools/lakewright/bin/lakewright", says("0.0.9")), w.at("path/lakewright"));
      return { path: w.at("path") };
    },
    message: /Mend it with: uv tool upgrade lakewright/,
    buttons: [...MEND, "Install"],
  },
  {
    title: "an old server in the selected environment",
    around: (w) => {
      const { interpreter } = everywhere(w);
      w.program("venv/bin/lakewright", says("0.0.9"));
      w.program("storage/server/9.1.0-1700000000000/bin/lakewright", says("0.0.9"));
      return interpreter ? { interpreter } : {};
    },
    message: /Mend it with: ".*venv\/bin\/python" -m pip install --upgrade lakewright/,
    buttons: [...MEND, "Install"],
  },
  {
    title: "an own environment that broke",
    around: (w) => {
      own(w, "9.1.0", "exit 3");
      return {};
    },
    message: /with exit code 3\. Install it again/,
    buttons: ["Show Log", "Install"],
  },
];
for (const { title, around, message, buttons } of WRONG) {
  test(`one message that says what to do: ${title}`, async (t) => {
    const w = world(t);
    const choice = await find(w, around(w));
    assert(choice.kind === "missing");
    assert.match(choice.message, message);
    assert.deepEqual(
      choice.actions.map((action) => action.title),
      buttons,
    );
  });
}

test("a server that can't be used is passed over with a line in the log, for one that can", async (t) => {
  const w = world(t);
  const { interpreter, path } = everywhere(w);
  w.program("venv/bin/lakewright", says("0.0.1"));
  const choice = await find(w, { ...(interpreter && { interpreter }), ...(path && { path }) });
  assert(choice.kind === "found");
  assert.equal(choice.command, w.at("path/lakewright"));
  assert.match(w.lines.join(), /Passed over .*0\.0\.1/);
});

test("a server that hangs is ended after its time with everything it started", async (t) => {
  const w = world(t);
  w.program("path/lakewright", `sleep 300 & echo $! > '${w.at("pid")}'; wait`);
  const choice = await find(w, { path: w.at("path"), timeoutMs: 500 });
  assert(choice.kind === "missing");
  assert.match(choice.message, /didn't tell its version within 0\.5 seconds/);
  const pid = Number(readFileSync(w.at("pid"), "utf8"));
  await until(() => !alive(pid));
});

test("relative folders of PATH don't count, for they are the workspace's", async (t) => {
  const w = world(t);
  w.program("lakewright", GOOD);
  const before = process.cwd();
  process.chdir(w.root);
  t.after(() => {
    process.chdir(before);
  });
  assert.equal((await find(w, { path: ":.:./" })).kind, "missing");
});

test("an interpreter that fails, or gives no absolute folder, is passed over", async (t) => {
  const w = world(t);
  for (const body of ["exit 1", "echo .", "echo"]) {
    const python = w.program("python", body);
    w.program("path/lakewright", GOOD);
    const choice = await find(w, { interpreter: () => Promise.resolve(python), path: w.at("path") });
    assert.equal(choice.kind === "found" && dirname(choice.command), w.at("path"));
  }
});

test("an own environment without its stamp doesn't count, and the newest complete one does", async (t) => {
  const w = world(t);
  own(w, "9.9.0", GOOD);
  const newest = own(w, "9.10.0", says("9.10.0"));
  w.program("storage/server/9.11.0-1700000000000/bin/lakewright", says("9.11.0"));
  const choice = await find(w, {});
  assert.equal(choice.kind === "found" && choice.command, newest);
});

test("an own environment older than the extension's wheel works, and its update is offered", async (t) => {
  const w = world(t);
  own(w, "9.1.0", GOOD);
  const wheel = (version: string): string => w.at(`lakewright-${version}-py3-none-any.whl`);
  const older = await find(w, { wheel: wheel("9.10.0") });
  assert(older.kind === "found");
  assert.match(older.offer?.message ?? "", /9\.1\.0 can be updated to 9\.10\.0/);
  const same = await find(w, { wheel: wheel("9.1.0") });
  assert(same.kind === "found" && !same.offer);
});

const DEATHS: [title: string, body: string, message: RegExp][] = [
  [
    "words",
    "cat; echo 'ModuleNotFoundError: pygls' >&2; exit 1",
    /ends at its start: ModuleNotFoundError: pygls\. Mend it/,
  ],
  ["none", "cat", /ended unexpectedly; the log may say why/],
];
for (const [title, body, message] of DEATHS) {
  test(`a server that tells its version and dies when it serves is told with its last words: ${title}`, async (t) => {
    const w = world(t);
    const server = w.program("path/lakewright", `[ "$1" = serve ] || exec echo "lakewright 9.1.0"; ${body}`);
    const choice = await find(w, { path: w.at("path") });
    assert(choice.kind === "found" && choice.command === server);
    assert.match((await causeOfDeath(choice)).message, message);
  });
}
