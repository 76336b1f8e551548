import { commands, type ExtensionContext, window } from "vscode";
import { LanguageClient, RevealOutputChannelOn } from "vscode-languageclient/node";
import { resolveServer } from "./server";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("Lakewright", { log: true });
  context.subscriptions.push(
    log,
    commands.registerCommand("lakewright.showLog", () => {
      log.show();
    }),
  );
  const choice = await resolveServer(context, log);
  if (choice.kind === "missing") {
    log.error(choice.message);
    return;
  }
  client = new LanguageClient(
    "lakewright",
    "Lakewright",
    { command: choice.command, args: choice.args },
    {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }, { scheme: "vscode-notebook-cell" }],
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
  await client.start();
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}
