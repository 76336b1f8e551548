import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { run } from "../src/server-process";
import { alive, until, world } from "./world";

test("a program that hangs is ended after its time with everything it started", async (t) => {
  const w = world(t);
  const program = w.program("hangs", `sleep 300 & echo $! > '${w.at("pid")}'; wait`);
  await assert.rejects(run(program, [], { timeoutMs: 500 }), /took longer than 0\.5 seconds/);
  await until(() => !alive(Number(readFileSync(w.at("pid"), "utf8"))));
});

test("Cancel ends a program with everything it started, and lets none begin", async (t) => {
  const w = world(t);
  const program = w.program("hangs", `sleep 300 & echo $! > '${w.at("pid")}'; wait`);
  const stop = new AbortController();
  const running = run(program, [], { signal: stop.signal });
  await until(() => existsSync(w.at("pid")) && readFileSync(w.at("pid"), "utf8").endsWith("\n"));
  stop.abort();
  await assert.rejects(running);
  await until(() => !alive(Number(readFileSync(w.at("pid"), "utf8"))));
  await assert.rejects(run(w.program("other", `: > '${w.at("began")}'`), [], { signal: stop.signal }));
  assert(!existsSync(w.at("began")));
});

test("credentials in addresses reach neither the lines nor the last words", async (t) => {
  const w = world(t);
  const body = "echo 'in https://me:secret@mirror.example'; echo 'ERROR: https://me:secret@mirror.example' >&2; exit 1";
  const line = (text: string) => w.lines.push(text);
  await assert.rejects(run(w.program("tells", body), [], { line }), {
    message: "exit code 1: ERROR: https://…@mirror.example",
  });
  assert(w.lines.includes("in https://…@mirror.example"));
});

test("a program runs in its own folder, without input, and what a signal ended has no exit code", async (t) => {
  const w = world(t);
  assert.deepEqual(await run(w.program("bin/where", "cat; pwd"), []), [w.at("bin")]);
  await assert.rejects(run(w.program("bin/dies", "kill -SEGV $$"), []), /SIGSEGV/);
});
