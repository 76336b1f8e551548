// Where it begins: everything is put together here, and nothing is decided.
import { commands, type ExtensionContext, window } from "vscode";
import { MessageType } from "vscode-languageclient/node";
import { DOCUMENTS, makeClient, type Parts, tell } from "./client";
import { type App, COMMANDS } from "./commands";
import { connect, openSandbox } from "./connect";
import { watchServer } from "./server";
import { Session } from "./session";
import { StatusItem } from "./status";
import { Thinking } from "./thinking";

const WALKTHROUGH = "lakewright.lakewright-vscode#start";

let session: Session | undefined;

export function activate(context: ExtensionContext): void {
  const log = window.createOutputChannel("Lakewright", { log: true });
  const status = new StatusItem(DOCUMENTS);
  const thinking = new Thinking();
  const parts: Parts = { context, log, status, thinking, ofThisWindow: {}, lastRun: undefined };
  const mine = new Session(context, log, status, (server, errors) => makeClient(parts, server, errors));
  const app: App = { context, parts, session: mine };
  session = mine;

  const add = (name: string, handler: () => unknown) => {
    context.subscriptions.push(commands.registerCommand(`lakewright.${name}`, handler));
  };
  for (const [name, handler] of Object.entries({ ...COMMANDS, connect, openSandbox })) {
    add(name, async () => {
      const client = await mine.ready();
      if (!client) return;
      try {
        await handler(client, app);
      } catch (error) {
        await tell(client, {
          type: MessageType.Error,
          message: error instanceof Error ? error.message : String(error),
        });
      }
    });
  }
  add("restart", () => mine.restart());
  add("setUpServer", () => mine.setUp());
  add("removeServer", () => mine.remove());
  add("walkthrough", () => commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH, false));
  add("showLog", () => {
    log.show();
  });
  context.subscriptions.push(log, status, ...thinking.disposables);
  watchServer(context, () => void mine.reconsider());
  void mine.start();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}
