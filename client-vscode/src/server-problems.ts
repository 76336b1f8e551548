// Everything that can keep the server from starting, as one message each that says what to do, with its buttons.

/** A button: a title, and the command behind it. */
export interface Remedy {
  title: string;
  command: string;
  arguments?: unknown[];
}

export interface Missing {
  kind: "missing";
  message: string;
  actions: Remedy[];
}

export const MINIMUM_PYTHON = "3.11";
/** The oldest server this extension talks to. */
export const MINIMUM_SERVER = "0.1.0";

const INSTALL: Remedy = { title: "Install", command: "lakewright.setUpServer" };
const INSTALL_AGAIN: Remedy = { ...INSTALL, title: "Try Again" };
const RESTART: Remedy = { title: "Try Again", command: "lakewright.restart" };
const LOG: Remedy = { title: "Show Log", command: "lakewright.showLog" };
const SETTINGS: Remedy = {
  title: "Open Settings",
  command: "workbench.action.openSettings",
  arguments: ["lakewright.path"],
};
const copy = (text: string): Remedy => ({
  title: "Copy Command",
  command: "lakewright.copyCommand",
  arguments: [text],
});
const missing = (message: string, ...actions: Remedy[]): Missing => ({ kind: "missing", message, actions });

export const nothingFound = (): Missing =>
  missing(
    "Lakewright's server isn't installed. Install it for this editor alone (pip fetches about 20 MB), or name yours.",
    INSTALL,
    SETTINGS,
  );

/** What is wrong with the setting `lakewright.path` itself. */
export const wrongPath = (path: string, fault: string): Missing =>
  missing(
    `The setting lakewright.path is "${path}", and ${fault}. Correct it, or empty it: then it's looked for.`,
    SETTINGS,
  );

/** A server that is there and can't be used; `mend` is the command line that puts it right, where there is one. */
export function unusable(file: string, fault: string, mend?: string, bySetting = false): Missing {
  const help = mend ? `Mend it with: ${mend}` : "Install it again.";
  const actions = mend ? [copy(mend), RESTART] : [LOG];
  return missing(`Lakewright's server ${file} ${fault}. ${help}`, ...actions, bySetting ? SETTINGS : INSTALL);
}

/** The server that ended though nobody asked it to. */
export const died = (file: string): Missing =>
  missing(`Lakewright's server ${file} ended unexpectedly; the log may say why.`, RESTART, LOG);

/** An environment of the extension's own that is older than the server the extension carries. */
export const update = (from: string, to: string): Missing =>
  missing(`Lakewright's server ${from} can be updated to ${to}.`, { ...INSTALL, title: "Update" });

export const noWheel = (): Missing =>
  missing(
    "This build of the extension carries no server. Install one with: pipx install lakewright",
    copy("pipx install lakewright"),
    SETTINGS,
  );

export const noPython = (): Missing =>
  missing(
    `Lakewright's server needs Python ${MINIMUM_PYTHON} or newer, and PATH has none. Install one.`,
    INSTALL_AGAIN,
  );

export const oldPython = (file: string, version: string): Missing =>
  missing(
    `Lakewright's server needs Python ${MINIMUM_PYTHON} or newer; ${file} is ${version}. Install a newer one.`,
    INSTALL_AGAIN,
  );

/** Debian and Ubuntu keep `ensurepip` in a package of its own. */
export function noVenv(file: string, version: string): Missing {
  const mend = `sudo apt install python${version}-venv`;
  return missing(`${file} lacks Python's venv module. On Debian and Ubuntu: ${mend}`, copy(mend), INSTALL_AGAIN);
}

export const unwritable = (folder: string, reason: string): Missing =>
  missing(`Nothing can be written to ${folder} (${reason}). Unlock it or free space.`, INSTALL_AGAIN);

export const tooSlow = (minutes: number): Missing =>
  missing(`Setting up Lakewright's server was stopped after ${String(minutes)} minutes.`, INSTALL_AGAIN, LOG);

/** How pip and uv say why an installation failed (the first that holds), what that means, what mends it. */
const FAILURES: readonly (readonly [said: RegExp, meaning: string, mend?: string])[] = [
  [/No space left on device|os error 28\b/, "the disk is full. Free about 150 MB."],
  [
    /CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError|invalid peer certificate|UnknownIssuer/,
    "the package index's certificate isn't trusted. Name your company's:",
    "pip config set global.cert /path/to/company.pem",
  ],
  [
    /ProxyError|Tunnel connection failed|\b407\b/,
    "the proxy refused. Name yours:",
    "pip config set global.proxy http://proxy:port",
  ],
  [
    /\b40[13]\b.{0,20}(Error|Forbidden|Unauthorized)|(HTTP error|status code:?) 40[13]|Credentials not correct/i,
    "the package index wants credentials. Put them into pip's configuration or ~/.netrc.",
  ],
  [
    /NewConnectionError|NameResolutionError|(Connect|Read)Timeout|connection (refused|reset|broken)|timed out|unreachable|dns error|tcp connect error|RemoteDisconnected|Failed to fetch|from versions: none|not found in the package registry/i,
    "the package index can't be reached or gave nothing. Offline? Or name your company's:",
    "pip config set global.index-url https://your-index/simple",
  ],
];

/** Why pip or uv failed, read from what it printed. */
export function installFailed(output: string): Missing {
  const said = /^(?:ERROR|error): (?!Exception)(.*)$/im.exec(output)?.[1] ?? output.trim().split("\n").pop() ?? "";
  const [, meaning, mend] = FAILURES.find(([pattern]) => pattern.test(output)) ?? [/$/, said || "the log says why."];
  const actions = mend ? [copy(mend), INSTALL_AGAIN] : [INSTALL_AGAIN];
  return missing(`Lakewright's server wasn't installed: ${[meaning, mend].filter(Boolean).join(" ")}`, ...actions, LOG);
}
