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
const AGAIN: Remedy = { ...INSTALL, title: "Try Again" };
const SETTINGS: Remedy = {
  title: "Open Settings",
  command: "workbench.action.openSettings",
  arguments: ["lakewright.path"],
};
const LOG: Remedy = { title: "Show Log", command: "lakewright.showLog" };
const RESTART: Remedy = { title: "Try Again", command: "lakewright.restart" };

export const nothingFound = (): Missing =>
  missing("Lakewright's server isn't installed. Install it for this editor alone, or name yours in the settings.", [
    INSTALL,
    SETTINGS,
  ]);

/** What is wrong with the setting `lakewright.path` itself. */
export const wrongPath = (path: string, fault: string): Missing =>
  missing(
    `The setting lakewright.path is "${path}", and ${fault}. Put it right, or empty it to have the server found.`,
    [SETTINGS],
  );

/** A server that is there and can't be used; `mend` is the command line that puts it right, where there is one. */
export function unusable(file: string, fault: string, mend: string | undefined, bySetting: boolean): Missing {
  const help = mend ? `Mend it with: ${mend}` : "Install it again.";
  return missing(`Lakewright's server ${file} ${fault}. ${help}`, [
    ...(mend ? [copy(mend), RESTART] : [LOG]),
    bySetting ? SETTINGS : INSTALL,
  ]);
}

/** The server that died, with its last words. */
export const died = (file: string, words: string): Missing =>
  missing(`Lakewright's server ${file} ended${words ? `: ${words}` : " without a word."}`, [RESTART, LOG]);

/** An environment of the extension's own that is older than the server the extension carries. */
export const update = (from: string, to: string): Missing =>
  missing(`Lakewright's server ${from} can be updated to ${to}.`, [{ ...INSTALL, title: "Update" }]);

export const noWheel = (): Missing =>
  missing("This build of the extension carries no server to install. Install one with: pipx install lakewright", [
    copy("pipx install lakewright"),
    SETTINGS,
  ]);

export const noPython = (): Missing =>
  missing(`Lakewright's server needs Python ${MINIMUM_PYTHON} or newer, and there is none on PATH. Install one.`, [
    AGAIN,
    SETTINGS,
  ]);

export const oldPython = (file: string, version: string): Missing =>
  missing(`Lakewright's server needs Python ${MINIMUM_PYTHON} or newer; ${file} is ${version}. Install a newer one.`, [
    AGAIN,
    SETTINGS,
  ]);

/** Debian and Ubuntu keep `ensurepip` in a package of its own. */
export function noVenv(file: string, version: string): Missing {
  const mend = `sudo apt install python${version}-venv`;
  return missing(`${file} lacks Python's venv module. On Debian and Ubuntu: ${mend}`, [copy(mend), AGAIN]);
}

export const unwritable = (folder: string, reason: string): Missing =>
  missing(`Nothing can be written to the extension's storage, ${folder} (${reason}). Free or unlock it.`, [AGAIN]);

export const busy = (): Missing =>
  missing("Lakewright's server is being set up already, here or in another window. Wait for it.", [RESTART]);

export const tooSlow = (minutes: number): Missing =>
  missing(`Setting up Lakewright's server was stopped after ${String(minutes)} minutes.`, [AGAIN, LOG]);

const CONFIGURE = "pip config set global.";
/** How pip and uv say why an installation failed, the first that holds, and what helps. */
const FAILURES: readonly (readonly [RegExp, string, string?])[] = [
  [/No space left on device|os error 28\b/, "the disk is full. Free about 150 MB."],
  [
    /CERTIFICATE_VERIFY_FAILED|SSLError|SSLCertVerificationError|invalid peer certificate|UnknownIssuer/,
    "the package index's certificate isn't trusted. Name your company's certificates:",
    `${CONFIGURE}cert /path/to/company.pem`,
  ],
  [
    /ProxyError|Tunnel connection failed|\b407\b/,
    "the proxy refused. Set yours:",
    `${CONFIGURE}proxy http://proxy:port`,
  ],
  [
    /\b40[13]\b.{0,20}(Error|Forbidden|Unauthorized)|(HTTP error|status code:?) 40[13]|Credentials not correct/i,
    "the package index wants credentials. Put them into pip's configuration or ~/.netrc.",
  ],
  [
    /NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|[Cc]onnection (refused|reset|broken)|timed out|unreachable|dns error|tcp connect error|RemoteDisconnected|Failed to fetch/,
    "the package index can't be reached. Offline? Behind a mirror, name it:",
    `${CONFIGURE}index-url https://your-index/simple`,
  ],
  [
    /No matching distribution|not found in the package registry|no wheels|No solution found/,
    "the package index lacks a package:",
  ],
];

/** Why pip or uv failed, read from what it printed. */
export function installFailed(output: string): Missing {
  const said = /^(?:ERROR|error): (.*)$/m.exec(output)?.[1] ?? output.trim().split("\n").pop() ?? "";
  for (const [pattern, fault, mend] of FAILURES) {
    if (!pattern.test(output)) continue;
    const help = mend ?? (fault.endsWith(":") ? said : "");
    return missing(`Lakewright's server wasn't installed: ${`${fault} ${help}`.trim()}`, [
      ...(mend ? [copy(mend)] : []),
      AGAIN,
      LOG,
    ]);
  }
  return missing(`Lakewright's server wasn't installed: ${said || "the log says why."}`, [AGAIN, LOG]);
}

const copy = (text: string): Remedy => ({
  title: "Copy Command",
  command: "lakewright.copyCommand",
  arguments: [text],
});

const missing = (message: string, actions: Remedy[]): Missing => ({ kind: "missing", message, actions });
