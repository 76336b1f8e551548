// Where it begins: everything is put together here, and nothing is decided.
import { commands, type ExtensionContext, window } from "vscode";
import { MessageType } from "vscode-languageclient/node";
import { type App, DOCUMENTS } from "./client";
import { COMMANDS } from "./commands";
import { removeServer, setUpServer, watchServer } from "./server";
import { Session } from "./session";
import { StatusItem } from "./status";
import { Thinking } from "./thinking";

export let deactivate: () => Promise<void>;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Lakewright", { log: true });
  const app: App = { context, log, status: new StatusItem(DOCUMENTS), thinking: new Thinking(context) };
  const session = new Session(app);
  deactivate = () => session.stop();
  const add = (name: string, handler: () => unknown) => {
    context.subscriptions.push(commands.registerCommand(`lakewright.${name}`, handler));
  };
  for (const [name, handler] of Object.entries(COMMANDS)) {
    add(name, async () => {
      const client = await session.ready();
      try {
        if (client) await handler(client, app);
      } catch (error) {
        await client?.tell({ type: MessageType.Error, message: (error as Error).message });
      }
    });
  }
  add("restart", () => session.restart());
  add("setUpServer", async () => (await setUpServer(context, log)) && session.restart());
  add("removeServer", () => session.start(() => removeServer(context, log)));
  add("walkthrough", () =>
    commands.executeCommand("workbench.action.openWalkthrough", "lakewright.lakewright-vscode#start"),
  );
  add("showThinking", () => app.thinking.show());
  add("showLog", () => log.show());
  context.subscriptions.push(log, app.status.item);
  watchServer(context, () => void session.reconsider());
  void session.start();
}
