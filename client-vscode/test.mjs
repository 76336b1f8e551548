// Bundles the unit tests and runs them by Node's own runner.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

rmSync("dist/test", { recursive: true, force: true });
const names = readdirSync("test").filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: names.map((name) => `test/${name}`),
  outdir: "dist/test",
  outExtension: { ".js": ".cjs" },
  bundle: true,
  alias: { vscode: "./test/vscode.ts" },
  format: "cjs",
  logLevel: "warning",
  platform: "node",
  target: "node18",
});
const files = names.map((name) => `dist/test/${name.replace(/ts$/, "cjs")}`);
process.exitCode = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" }).status ?? 1;
