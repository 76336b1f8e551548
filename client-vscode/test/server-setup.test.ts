import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { removeServer, setUpServer } from "../src/server-setup";
import { editor } from "./vscode";
import { alive, entries, OWN, until, type World, WHEEL, world } from "./world";

/** Stands for a Python: tells whether it will do, makes an environment whose pip does `pip`. */
const python = ({ fault = "", pip = "" } = {}): string => `
case "$*" in
  *ensurepip*) ${fault ? `echo "${fault}" >&2; exit 1` : "exit 0"};;
  *"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python";;
  *"-m pip install"*) echo "$PIP_USER $PIP_INDEX_URL"; ${pip}
    : > "\${0%/*}/lakewright"; chmod +x "\${0%/*}/lakewright";;
  *) exit 9;;
esac`;

const UV = `for last; do :; done
case "$1" in
  venv) mkdir -p "$last/bin";;
  pip) [ "$3" = --python ] || exit 1; : > "\${4%/*}/lakewright"; chmod +x "\${4%/*}/lakewright";;
esac`;

test("the environment is made by the newest Python that will do, with the user's own pip settings", async (t) => {
  const w = world(t);
  w.program("path/python3", python({ fault: "it is Python 3.9" }));
  w.program("path/python3.12", python());
  const newest = w.program("path/python3.13", python());
  w.program("storage/server/lakewright-9.0.0-py3-none-any/bin/lakewright", "");
  process.env.PIP_INDEX_URL = "https://mirror.example/simple";
  t.after(() => {
    delete process.env.PIP_INDEX_URL;
  });
  assert.equal(await setUpServer(w.context, w.log), true);
  assert(existsSync(w.at(OWN)));
  assert(w.lines.some((line) => line.startsWith(`$ ${newest} -I -m venv`)));
  assert(w.lines.includes("0 https://mirror.example/simple"));
  assert.deepEqual(entries(w.at("storage/server")), [WHEEL]);
});

test("the selected interpreter is the last choice of Pythons", async (t) => {
  const w = world(t);
  w.program("path/python3", python({ fault: "it is Python 3.10" }));
  const executable = w.program("conda/bin/python", python());
  editor.exports["ms-python.vscode-python-envs"] = {
    getEnvironment: () => Promise.resolve({ execInfo: { run: { executable } } }),
  };
  assert.equal(await setUpServer(w.context, w.log), true);
});

test("uv makes the environment where no Python will do", async (t) => {
  const w = world(t);
  w.program("path/python3", python({ fault: "No module named 'ensurepip'" }));
  w.program("path/uv", UV);
  assert.equal(await setUpServer(w.context, w.log), true);
  assert(existsSync(w.at(OWN)));
});

const NEEDED = /needs Python 3\.11 or newer with venv \(.*sudo apt install python3-venv\) or uv on PATH\./;
const WRONG: [title: string, arrange: (w: World) => unknown, message: RegExp][] = [
  ["no Python", () => 0, NEEDED],
  [
    "an old Python",
    (w) => w.program("path/python3", python({ fault: "it is Python 3.9" })),
    new RegExp(`${NEEDED.source} .*path/python3: exit code 1: it is Python 3\\.9\\.$`),
  ],
  [
    "no wheel in the extension",
    (w) => {
      rmSync(w.at("extension"), { recursive: true });
    },
    /carries none\. Use a terminal: pipx install lakewright/,
  ],
  [
    "a storage that can't be written",
    (w) => {
      w.program("path/python3", python());
      writeFileSync(w.at("storage"), "a file");
    },
    /(ENOTDIR|EEXIST).*storage/,
  ],
  [
    "an installation that fails, by pip's last words",
    (w) => w.program("path/python3", python({ pip: "echo; echo 'ERROR: No matching distribution' >&2; exit 1" })),
    /wasn't installed: exit code 1: ERROR: No matching distribution\. If that's the network: pip config set/,
  ],
];
for (const [title, arrange, message] of WRONG) {
  test(`one message that says what to do, and nothing is left: ${title}`, async (t) => {
    const w = world(t);
    arrange(w);
    assert.equal(await setUpServer(w.context, w.log), false);
    const [[text = "", ...buttons] = [], ...others] = editor.shown;
    assert.match(text, message);
    assert.deepEqual([buttons, others], [["Try Again", "Show Log"], []]);
    assert.deepEqual(entries(w.at("storage/server")), []);
  });
}

test("Cancel ends pip with what it started, removes what is half made, and says nothing more", async (t) => {
  const w = world(t);
  w.program("path/python3", python({ pip: `sleep 300 & echo $! > '${w.at("pid")}'; wait` }));
  const making = [setUpServer(w.context, w.log), setUpServer(w.context, w.log)]; // a second click begins no other
  await until(() => existsSync(w.at("pid")) && readFileSync(w.at("pid"), "utf8").endsWith("\n"));
  editor.cancel();
  assert.deepEqual(await Promise.all(making), [false, false]);
  await until(() => !alive(Number(readFileSync(w.at("pid"), "utf8"))));
  assert.deepEqual([editor.shown, entries(w.at("storage/server"))], [[], []]);
});

test("removal takes the own environment away, and is no error where there is none", async (t) => {
  const w = world(t);
  w.program(OWN, "");
  await removeServer(w.context, w.log);
  await removeServer(w.context, w.log);
  assert.deepEqual(entries(w.at("storage")), []);
  assert.match(editor.shown.join(), /was removed/);
});
