// One line from the user: a question or an instruction, in VS Code's own list, which also takes what isn't in it.
import { type ExtensionContext, type QuickPickItem, window } from "vscode";

const REMEMBERED = 20;

type Choice = QuickPickItem & { instruction: string };

/** What to do, as people put it: typed, one of those typed before, or a ready one; undefined where they gave up. */
export async function askFor(
  { globalState }: ExtensionContext,
  what: "question" | "instruction",
  placeholder: string,
  ready: readonly Choice[] = [],
): Promise<string | undefined> {
  const before = globalState.get<string[]>(`history.${what}`, []);
  const earlier = before.map((instruction) => ({ label: `$(history) ${instruction}`, instruction }));
  const box = window.createQuickPick<Choice>();
  const offer = (value: string) => {
    const instruction = value.trim();
    const typed = { label: `$(arrow-right) ${instruction}`, instruction, alwaysShow: true };
    box.items = [...(instruction ? [typed] : []), ...earlier, ...ready];
    if (!instruction) box.activeItems = []; // an Enter too many asks nobody
  };
  box.placeholder = placeholder;
  box.ignoreFocusOut = true; // what was typed isn't lost by a look at the code
  box.onDidChangeValue(offer);
  offer("");
  box.show();
  const choice = await new Promise<Choice | undefined>((resolve) => {
    box.onDidAccept(() => {
      if (box.selectedItems[0]) resolve(box.selectedItems[0]);
    });
    box.onDidHide(() => resolve(undefined));
  });
  box.dispose();
  if (choice && !ready.includes(choice)) {
    const others = before.filter((text) => text !== choice.instruction);
    await globalState.update(`history.${what}`, [choice.instruction, ...others].slice(0, REMEMBERED));
  }
  return choice?.instruction;
}
