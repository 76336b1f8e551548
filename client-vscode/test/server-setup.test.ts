import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { ownServer } from "../src/server-own";
import { installFailed } from "../src/server-problems";
import { type Made, makeEnvironment, type Site } from "../src/server-setup";
import { alive, entries, until, type World, world } from "./world";

/** Stands for a Python: tells its version and whether it has venv, makes an environment whose pip does `pip`. */
const python = (version: string, { venv = true, pip = "", server = "exit 0" } = {}): string => `
case "$*" in
  *ensurepip*) echo ${version}; ${venv ? "exit 0" : "exit 1"};;
  *"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python";;
  *"-m pip install"*) echo "Collecting click>=8.4"; echo "$PIP_USER $PIP_INDEX_URL"; ${pip}
    printf '#!/bin/sh\\n${server}\\n' > "\${0%/*}/lakewright"; chmod +x "\${0%/*}/lakewright";;
  *) exit 9;;
esac`;

function make(w: World, site: Partial<Site> = {}): Promise<Made> {
  // The shell's own commands by links: no Python of this machine is on PATH.
  for (const name of ["mkdir", "cp", "chmod", "sleep"]) {
    const real = ["/bin", "/usr/bin"].map((folder) => `${folder}/${name}`).find((file) => existsSync(file));
    if (real && !existsSync(w.at("tools", name))) {
      mkdirSync(w.at("tools"), { recursive: true });
      symlinkSync(real, w.at("tools", name));
    }
  }
  const path = `${w.at("path")}:${w.at("tools")}`;
  return makeEnvironment({
    storage: w.at("storage"),
    wheel: w.at("lakewright-9.1.0-py3-none-any.whl"),
    path,
    interpreter: undefined,
    env: { PATH: path, PIP_INDEX_URL: "https://mirror.example/simple" },
    signal: new AbortController().signal,
    say: (step) => w.lines.push(step),
    log: (line) => w.lines.push(line),
    ...site,
  });
}

test("the environment is made by the newest Python, with the user's own pip settings, and then counts", async (t) => {
  const w = world(t);
  w.program("path/python3", python("3.9"));
  w.program("path/python3.12", python("3.12"));
  const newest = w.program("path/python3.13", python("3.13"));
  assert.deepEqual(await make(w), { kind: "made", version: "9.1.0" });
  assert.equal((await ownServer(w.at("storage")))?.version, "9.1.0");
  assert(w.lines.some((line) => line.startsWith(`$ ${newest} -I -m venv`)));
  assert(w.lines.includes("Fetching click"));
  assert(w.lines.includes("0 https://mirror.example/simple"));
});

test("the selected interpreter is the last choice", async (t) => {
  const w = world(t);
  w.program("path/python3", python("3.10"));
  const interpreter = w.program("conda/bin/python", python("3.12"));
  assert.equal((await make(w, { interpreter })).kind, "made");
});

test("uv makes it where no Python has venv", async (t) => {
  const w = world(t);
  w.program("path/python3", python("3.11", { venv: false }));
  w.program(
    "path/uv",
    `for last; do :; done
case "$1" in
  venv) mkdir -p "$last/bin";;
  pip) printf '#!/bin/sh\\n' > "\${4%/*}/lakewright"; chmod +x "\${4%/*}/lakewright"; [ "$3" = --python ] || exit 1
esac`,
  );
  assert.deepEqual(await make(w), { kind: "made", version: "9.1.0" });
});

const WRONG: [title: string, arrange: (w: World) => Partial<Site>, message: RegExp, buttons: string[]][] = [
  ["no Python", () => ({}), /needs Python 3\.11 or newer, and PATH has none/, ["Try Again"]],
  [
    "a Python that is only a name",
    (w) => (w.program("path/python3", "exit 127"), {}),
    /needs Python 3\.11 or newer, and PATH has none/,
    ["Try Again"],
  ],
  [
    "an old Python",
    (w) => (w.program("path/python3", python("3.9")), {}),
    /python3 is 3\.9\. Install a newer/,
    ["Try Again"],
  ],
  ["Python 2", (w) => (w.program("path/python", python("2.7")), {}), /python is 2\.7\. Install a newer/, ["Try Again"]],
  [
    "no venv module",
    (w) => (w.program("path/python3", python("3.11", { venv: false })), {}),
    /lacks Python's venv module\. On Debian and Ubuntu: sudo apt install python3\.11-venv/,
    ["Copy Command", "Try Again"],
  ],
  ["no wheel in the package", () => ({ wheel: undefined }), /carries no server/, ["Copy Command", "Open Settings"]],
  [
    "a storage that can't be written",
    (w) => (writeFileSync(w.at("storage"), "a file"), {}),
    /Nothing can be written to .*storage\/server \((ENOTDIR|EEXIST)\)/,
    ["Try Again"],
  ],
  [
    "an index that can't be reached",
    (w) => (w.program("path/python3", python("3.12", { pip: "echo 'NewConnectionError(refused)' >&2; exit 1" })), {}),
    /can't be reached or gave nothing.*pip config set global\.index-url/,
    ["Copy Command", "Try Again", "Show Log"],
  ],
  [
    "a server that doesn't start once installed",
    (w) => (w.program("path/python3", python("3.12", { server: "echo ImportError: libfoo >&2; exit 1" })), {}),
    /was installed and doesn't start: ImportError: libfoo/,
    ["Show Log", "Install"],
  ],
];
for (const [title, arrange, message, buttons] of WRONG) {
  test(`one message that says what to do, and nothing is left: ${title}`, async (t) => {
    const w = world(t);
    const made = await make(w, arrange(w));
    assert(made.kind === "missing");
    assert.match(made.message, message);
    assert.deepEqual(
      made.actions.map((action) => action.title),
      buttons,
    );
    assert.deepEqual(entries(w.at("storage/server")), []);
  });
}

test("Cancel ends pip with what it started, and removes the half-made environment", async (t) => {
  const w = world(t);
  w.program("path/python3", python("3.12", { pip: `sleep 300 & echo $! > '${w.at("pid")}'; wait` }));
  const stop = new AbortController();
  const making = make(w, { signal: stop.signal });
  await until(() => existsSync(w.at("pid")) && readFileSync(w.at("pid"), "utf8").endsWith("\n"));
  stop.abort();
  assert.deepEqual(await making, { kind: "cancelled" });
  await until(() => !alive(Number(readFileSync(w.at("pid"), "utf8"))));
  assert.deepEqual(entries(w.at("storage/server")), []);
});

test("Cancel before the first step makes nothing", async (t) => {
  const w = world(t);
  w.program("path/python3", python("3.12"));
  assert.deepEqual(await make(w, { signal: AbortSignal.abort() }), { kind: "cancelled" });
  assert.deepEqual(entries(w.at("storage/server")), []);
});

test("a failed update leaves the environment that was there; one that succeeds replaces it and what was abandoned", async (t) => {
  const w = world(t);
  w.program("path/python3", python("3.12"));
  await make(w, { wheel: w.at("lakewright-9.0.0-py3-none-any.whl") });
  w.program("path/python3", python("3.12", { pip: "exit 1" }));
  assert.equal((await make(w)).kind, "missing");
  assert.equal((await ownServer(w.at("storage")))?.version, "9.0.0");
  for (const name of ["9.1.0-1", "9.1.0-2"]) mkdirSync(w.at("storage/server", name));
  utimesSync(w.at("storage/server/9.1.0-1"), 0, 0); // abandoned; the other is another window's
  w.program("path/python3", python("3.12"));
  assert.equal((await make(w)).kind, "made");
  const left = entries(w.at("storage/server"));
  assert.equal(left.length, 2);
  assert(left.includes("9.1.0-2"));
  assert.equal((await ownServer(w.at("storage")))?.version, "9.1.0");
});

const REACH = /can't be reached or gave nothing.*index-url/;
/** What pip 23.2 to 26.3 and uv 0.13 print, recorded; addresses replaced. */
const SAID: [output: string, message: RegExp][] = [
  [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<Connection>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/click/\nERROR: No matching distribution found for click>=8.4",
    REACH,
  ],
  [
    "ERROR: Could not find a version that satisfies the requirement click>=8.4 (from lakewright) (from versions: none)\nERROR: No matching distribution found for click>=8.4",
    REACH,
  ],
  [
    "error: Failed to fetch: http://index.example/simple/click/\n  cause: client error (Connect)\n  cause: dns error",
    REACH,
  ],
  [
    "error: No solution found\n  cause: Because click was not found in the package registry and lakewright depends on it",
    REACH,
  ],
  [
    "Could not fetch URL https://index.example/simple/click/: There was a problem confirming the ssl certificate: (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))) - skipping\nERROR: No matching distribution found for click>=8.4",
    /certificate isn't trusted.*global\.cert/,
  ],
  [
    "error: Failed to fetch: https://index.example\n  cause: invalid peer certificate: Other",
    /certificate isn't trusted/,
  ],
  [
    "WARNING: Retrying after connection broken by 'ProxyError('Cannot connect to proxy.')'",
    /proxy refused.*global\.proxy/,
  ],
  [
    "error: Failed to fetch\n  cause: HTTP status client error (407 Proxy Authentication Required) for url",
    /proxy refused/,
  ],
  ["hint: An index returned a 403 Forbidden error. Check that the index URL is correct", /wants credentials/],
  [
    "hint: could not be queried due to a lack of valid authentication credentials (401 Unauthorized)",
    /wants credentials/,
  ],
  ["WARNING: 401 Error, Credentials not correct for https://index.example", /wants credentials/],
  ["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", /disk is full/],
  [
    "ERROR: Could not find a version that satisfies the requirement click>=8.4 (from versions: 7.0, 8.1)",
    /installed: Could not find a version that satisfies the requirement click>=8\.4/,
  ],
  ["Segmentation fault", /installed: Segmentation fault/],
  ["", /installed: the log says why/],
];
for (const [output, message] of SAID) {
  test(`what pip and uv say is told in words: ${output.slice(0, 40)}`, () => {
    assert.match(installFailed(output).message, message);
  });
}

test("credentials in addresses reach neither the log nor a message", async (t) => {
  const w = world(t);
  const said =
    "echo 'Looking in https://me:secret@mirror.example'; echo 'ERROR: no https://me:secret@mirror.example' >&2; exit 1";
  w.program("path/python3", python("3.12", { pip: said }));
  const made = await make(w);
  assert(made.kind === "missing");
  assert.match(made.message, /mirror\.example/);
  assert.match(w.lines.join(), /mirror\.example/);
  assert.doesNotMatch(made.message + w.lines.join(), /secret/);
});
