// One line from the user: a question or an instruction.
import { type ExtensionContext, type QuickPickItem, window } from "vscode";

const REMEMBERED = 20;

export interface Choice extends QuickPickItem {
  instruction: string;
}

/** What to do, as people put it: typed, one of those typed before, or a ready one; undefined where they gave up. */
export async function askFor(
  context: ExtensionContext,
  what: "question" | "instruction",
  placeholder: string,
  ready: readonly Choice[] = [],
): Promise<string | undefined> {
  const key = `history.${what}`;
  const before = context.globalState.get<string[]>(key, []);
  const earlier = before.map((instruction) => ({ label: `$(history) ${instruction}`, instruction }));
  const choice = await pick(placeholder, [...earlier, ...ready]);
  if (choice && !ready.includes(choice)) {
    const others = before.filter((text) => text !== choice.instruction);
    await context.globalState.update(key, [choice.instruction, ...others].slice(0, REMEMBERED));
  }
  return choice?.instruction;
}

/** VS Code's own list, which also takes what isn't in it. */
function pick(placeholder: string, items: readonly Choice[]): Promise<Choice | undefined> {
  const box = window.createQuickPick<Choice>();
  const show = (value: string) => {
    const instruction = value.trim();
    const typed = { label: `$(arrow-right) ${instruction}`, instruction, alwaysShow: true };
    box.items = instruction ? [typed, ...items] : items;
    if (!instruction) box.activeItems = []; // an Enter too many asks nobody
  };
  box.placeholder = placeholder;
  box.ignoreFocusOut = true; // what was typed isn't lost by a look at the code
  box.onDidChangeValue(show);
  show("");
  box.show();
  return new Promise<Choice | undefined>((resolve) => {
    box.onDidAccept(() => {
      if (box.selectedItems[0]) resolve(box.selectedItems[0]);
    });
    box.onDidHide(() => {
      resolve(undefined);
    });
  }).finally(() => {
    box.dispose();
  });
}
