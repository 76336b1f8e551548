import { type ExtensionContext, type LogOutputChannel, workspace } from "vscode";
import { access, constants } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** What a missing server offers as buttons: a title, and the command behind it. */
export interface Remedy {
  title: string;
  command: string;
  arguments?: unknown[];
}

export type ServerChoice =
  | { kind: "found"; command: string; args: string[]; version: string; from: string }
  | { kind: "missing"; message: string; actions: Remedy[] };

const PROGRAM = process.platform === "win32" ? "lakewright.exe" : "lakewright";

/** The server to start. Never throws. */
export async function resolveServer(_context: ExtensionContext, log: LogOutputChannel): Promise<ServerChoice> {
  const path = workspace.getConfiguration("lakewright").get<string>("path", "");
  if (path) {
    return (await runs(path))
      ? found(path, "lakewright.path")
      : missing(`lakewright.path is ${path}: there is no program.`);
  }
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, PROGRAM);
    if (isAbsolute(file) && (await runs(file))) {
      log.info(`Found ${file} on PATH.`);
      return found(file, "PATH");
    }
  }
  return missing("The lakewright program wasn't found: pipx install lakewright.");
}

/** Calls back whenever another server might be chosen: its path, the interpreter. */
export function watchServer(context: ExtensionContext, changed: () => void): void {
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("lakewright.path")) changed();
    }),
    workspace.onDidGrantWorkspaceTrust(changed),
  );
}

/** Makes the extension's own environment, with progress and Cancel; whether it is there now. */
export function setUpServer(context: ExtensionContext, log: LogOutputChannel): Promise<boolean> {
  log.info(`Nothing is set up in ${context.globalStorageUri.fsPath}.`);
  return Promise.resolve(false);
}

/** Removes the extension's own environment. */
export function removeServer(context: ExtensionContext, log: LogOutputChannel): Promise<void> {
  log.info(`Nothing is set up in ${context.globalStorageUri.fsPath}.`);
  return Promise.resolve();
}

function found(command: string, from: string): ServerChoice {
  return { kind: "found", command, args: ["serve"], version: "", from };
}

function missing(message: string): ServerChoice {
  return {
    kind: "missing",
    message,
    actions: [{ title: "Open Settings", command: "workbench.action.openSettings", arguments: ["lakewright.path"] }],
  };
}

async function runs(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
