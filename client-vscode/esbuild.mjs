import { build } from "esbuild";

await build({
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  bundle: true,
  external: ["vscode"],
  format: "cjs",
  logLevel: "warning",
  minify: true,
  platform: "node",
  target: "node20",
});
