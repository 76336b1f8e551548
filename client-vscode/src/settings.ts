// What the server is told of the settings.
import { type ConfigurationScope, type ExtensionContext, Uri, workspace } from "vscode";

type Tree = Record<string, unknown>;
type Properties = Record<string, { scope: string }>;

/** Settings of the extension itself: the server isn't told of them. */
const OWN = new Set(["path", "showReasoning"]);

/** What somebody has set. The defaults of package.json are no settings: they would hide the project's and the
 * user's file. Nor does an empty text count, or a workspace's value where the machine alone may decide. */
export function settingsMade(context: ExtensionContext, scope: ConfigurationScope | undefined): Tree {
  const configuration = workspace.getConfiguration("lakewright", scope);
  const tree: Tree = {};
  for (const [name, { scope: setBy }] of Object.entries(propertiesOf(context))) {
    const key = name.slice("lakewright.".length);
    const found = configuration.inspect(key);
    const wide = setBy === "machine" ? undefined : (found?.workspaceFolderValue ?? found?.workspaceValue);
    const value = wide ?? found?.globalValue;
    if (!OWN.has(key) && value !== undefined && value !== "") tree[key] = value;
  }
  return tree;
}

/** `workspace/configuration`: one tree for each scope that is asked about. */
export function configurationFor(
  context: ExtensionContext,
  items: readonly { scopeUri?: string }[],
  above: Tree,
): Tree[] {
  return items.map(({ scopeUri }) => ({
    ...settingsMade(context, scopeUri === undefined ? undefined : Uri.parse(scopeUri)),
    ...above,
  }));
}

function propertiesOf(context: ExtensionContext): Properties {
  const { contributes } = context.extension.packageJSON as {
    contributes: { configuration: { properties: Properties } };
  };
  return contributes.configuration.properties;
}
