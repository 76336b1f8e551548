// The extension's own environments on disk, `server/<version>-<time>`: one counts when it holds its stamp.
import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { SUFFIX } from "./server-process";

const STAMP = "complete";
const ABANDONED_MS = 60 * 60_000; // longer than any set-up takes: another window's is left alone until then

/** The folder of all environments within the extension's storage. */
export const environments = (storage: string): string => join(storage, "server");

/** A program of an environment. */
export const program = (environment: string, name: string): string =>
  join(environment, SUFFIX ? "Scripts" : "bin", name + SUFFIX);

/** The newest complete environment's server. */
export async function ownServer(storage: string): Promise<{ file: string; version: string } | undefined> {
  const names = await readdir(environments(storage)).catch(() => []);
  for (const name of names.sort(compareVersions).reverse()) {
    const environment = join(environments(storage), name);
    if (await modified(join(environment, STAMP))) {
      return { file: program(environment, "lakewright"), version: name.split("-")[0] ?? "" };
    }
  }
  return undefined;
}

/** Makes an environment count, and removes the others; those that others are still making are left. */
export async function complete(environment: string): Promise<void> {
  await writeFile(join(environment, STAMP), "");
  const folder = join(environment, "..");
  for (const name of await readdir(folder)) {
    const other = join(folder, name);
    const done = (await modified(join(other, STAMP))) || Date.now() - (await modified(other)) > ABANDONED_MS;
    if (done && name !== basename(environment)) await remove(other);
  }
}

/** Removes a folder, its stamp first: an environment that is half removed doesn't count. */
export async function remove(folder: string): Promise<void> {
  await rm(join(folder, STAMP), { force: true });
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** The version a wheel's file name tells. */
export const wheelVersion = (wheel: string): string => basename(wheel).split("-")[1] ?? "";

/** Negative, 0 or positive, as for sorting: by the numbers of versions, what follows a `-` last. */
export const compareVersions = (one: string, other: string): number =>
  one.localeCompare(other, "en", { numeric: true });

const modified = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
