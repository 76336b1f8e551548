// What the server is told of the settings.
import { type ExtensionContext, Uri, workspace } from "vscode";

interface Manifest {
  contributes: { configuration: { properties: Record<string, { scope: string }> } };
}

/** Settings of the extension itself: the server isn't told of them. */
const OWN = new Set(["path", "showReasoning"]);

/** What somebody has set. The defaults of package.json are no settings: they would hide the project's and the
 * user's file. Nor does an empty text count, or a workspace's value where the machine alone may decide. */
export function settingsMade(context: ExtensionContext, scope: string | undefined): Record<string, unknown> {
  const configuration = workspace.getConfiguration("lakewright", scope === undefined ? undefined : Uri.parse(scope));
  const { properties } = (context.extension.packageJSON as Manifest).contributes.configuration;
  const tree: Record<string, unknown> = {};
  for (const [name, { scope: setBy }] of Object.entries(properties)) {
    const key = name.slice("lakewright.".length);
    const found = configuration.inspect(key);
    const wide = setBy === "machine" ? undefined : (found?.workspaceFolderValue ?? found?.workspaceValue);
    const value = wide ?? found?.globalValue;
    if (!OWN.has(key) && value !== undefined && value !== "") tree[key] = value;
  }
  return tree;
}
