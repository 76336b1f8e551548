// The extension's own environments on disk: one folder for each version, complete when it holds its stamp.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { SUFFIX } from "./server-process";

const STAMP = "complete.json";
const SCRIPTS = process.platform === "win32" ? "Scripts" : "bin";

/** The folder of all environments within the extension's storage. */
export const environments = (storage: string): string => join(storage, "server");

/** A program of an environment. */
export const program = (environment: string, name: string): string => join(environment, SCRIPTS, name + SUFFIX);

/** The newest complete environment's server. */
export async function ownServer(storage: string): Promise<{ file: string; version: string } | undefined> {
  const complete: string[] = [];
  for (const version of await readdir(environments(storage)).catch(() => [])) {
    const stamp = await readFile(join(environments(storage), version, STAMP), "utf8").catch(() => "");
    if (stamp) complete.push(version);
  }
  const version = complete.sort(compareVersions).pop();
  return version ? { file: program(join(environments(storage), version), "lakewright"), version } : undefined;
}

/** Marks an environment as complete. A virtual environment can't be moved, so that a file says what a name can't. */
export const stamp = (environment: string, made: object): Promise<void> =>
  writeFile(join(environment, STAMP), `${JSON.stringify(made)}\n`);

/** Removes a file or an environment, its stamp first: what is half removed no longer counts. */
export async function remove(path: string): Promise<void> {
  await rm(join(path, STAMP), { force: true }).catch(() => undefined);
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** The version a wheel's file name tells. */
export const wheelVersion = (wheel: string): string => basename(wheel).split("-")[1] ?? "";

/** Negative, 0 or positive, as for sorting; by the numbers alone. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => text.split(".").map((part) => parseInt(part, 10) || 0));
  for (const at of [0, 1, 2]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference) return difference;
  }
  return 0;
}
