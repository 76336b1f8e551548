// What the server is told of the settings.
import { type ExtensionContext, Uri, workspace } from "vscode";

/** Settings above all others, for this window alone. */
export const ofThisWindow: Record<string, unknown> = {};

/** Settings of the extension itself: the server isn't told of them. */
const OWN = new Set(["lakewright.path", "lakewright.showReasoning"]);

/** What somebody has set, in VS Code's order. The defaults of package.json are no settings: they would hide the
 * project's and the user's file. Nor does an empty text count. */
export function settingsMade(context: ExtensionContext, scope: string | undefined): Record<string, unknown> {
  const configuration = workspace.getConfiguration(undefined, scope === undefined ? undefined : Uri.parse(scope));
  const manifest = context.extension.packageJSON as { contributes: { configuration: { properties: object } } };
  const tree: Record<string, unknown> = {};
  for (const name of Object.keys(manifest.contributes.configuration.properties)) {
    const found = configuration.inspect(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (!OWN.has(name) && value !== undefined && value !== "") tree[name.slice("lakewright.".length)] = value;
  }
  return { ...tree, ...ofThisWindow };
}
