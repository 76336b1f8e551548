// Stands for the editor's own module in unit tests: as little of it as src/server*.ts ask, with what a test sets.
export const editor = {
  path: {} as { globalValue?: string; workspaceValue?: string },
  isTrusted: true,
  exports: {} as Record<string, unknown>,
  /** The extensions that were asked for. */
  asked: [] as string[],
  /** The messages with their buttons, the button that is pressed, and the commands that ran. */
  shown: [] as string[][],
  chosen: undefined as string | undefined,
  ran: [] as unknown[],
  cancel: () => undefined as unknown,
};

const show = (...message: string[]): Promise<string | undefined> => {
  editor.shown.push(message);
  return Promise.resolve(editor.chosen);
};
const nothing = { dispose: () => undefined };

export const ProgressLocation = { Notification: 15 };
export const Uri = {
  joinPath: (base: { fsPath: string }, ...names: string[]) => ({ fsPath: [base.fsPath, ...names].join("/") }),
};
export const window = {
  showErrorMessage: show,
  showInformationMessage: show,
  withProgress: (_: unknown, work: (progress: unknown, token: unknown) => unknown) =>
    work(
      { report: () => undefined },
      { onCancellationRequested: (listener: () => void) => (editor.cancel = listener) },
    ),
};
export const workspace = {
  get isTrusted() {
    return editor.isTrusted;
  },
  workspaceFolders: undefined,
  getConfiguration: () => ({ inspect: () => editor.path }),
  onDidChangeConfiguration: () => nothing,
  onDidGrantWorkspaceTrust: () => nothing,
};
export const commands = {
  registerCommand: () => nothing,
  executeCommand: (...command: unknown[]) => Promise.resolve(editor.ran.push(command)),
};
export const extensions = {
  getExtension: (id: string) => {
    editor.asked.push(id);
    return editor.exports[id] && { activate: () => Promise.resolve(editor.exports[id]) };
  },
};
export const env = { clipboard: {} };
