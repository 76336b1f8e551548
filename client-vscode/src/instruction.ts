// One line from the user: a question or an instruction.
import { commands, type CodeAction, type ExtensionContext, type QuickPickItem, window } from "vscode";

const REMEMBERED = 20;

interface Choice extends QuickPickItem {
  instruction?: string;
  action?: CodeAction;
}

/** What to do, as people put it: typed, or one of those typed before; null where they gave up. */
export async function askFor(
  context: ExtensionContext,
  what: "question" | "instruction",
  placeholder: string,
  ready: readonly CodeAction[] = [],
): Promise<Choice | undefined> {
  const key = `history.${what}`;
  const before = context.globalState.get<string[]>(key, []);
  const choice = await pick(placeholder, [
    ...before.map((instruction) => ({ label: `$(history) ${instruction}`, instruction })),
    ...ready.map((action) => ({ label: `$(sparkle) ${action.title}`, action })),
  ]);
  if (choice?.instruction !== undefined) {
    const others = before.filter((text) => text !== choice.instruction);
    await context.globalState.update(key, [choice.instruction, ...others].slice(0, REMEMBERED));
  }
  return choice;
}

/** The instructions that the server has ready for the selection. */
export async function readyInstructions(): Promise<CodeAction[]> {
  const editor = window.activeTextEditor;
  if (!editor) return [];
  const { document, selection } = editor;
  const ask = () =>
    commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      selection,
      "refactor.rewrite.lakewright",
    );
  try {
    return await ask();
  } catch {
    return ask(); // VS Code cancels it when another extension's actions come in meanwhile, as after a start
  }
}

function pick(placeholder: string, items: readonly Choice[]): Promise<Choice | undefined> {
  const box = window.createQuickPick<Choice>();
  box.placeholder = placeholder;
  box.ignoreFocusOut = true; // what was typed isn't lost by a look at the code
  box.onDidChangeValue((value) => {
    const instruction = value.trim();
    const typed = { label: `$(arrow-right) ${instruction}`, instruction, alwaysShow: true };
    box.items = instruction ? [typed, ...items] : items;
    if (!instruction) box.activeItems = [];
  });
  box.items = items;
  box.activeItems = []; // an Enter too many asks nobody
  box.show();
  return new Promise((resolve) => {
    const done = (choice: Choice | undefined) => {
      resolve(choice);
      box.dispose();
    };
    box.onDidAccept(() => {
      if (box.selectedItems[0]) done(box.selectedItems[0]);
    });
    box.onDidHide(() => {
      done(undefined);
    });
  });
}
