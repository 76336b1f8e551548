// The life of the server: started, started anew one at a time, given up after five crashes. Nothing is told unasked
// before somebody wanted something of it.
import { window } from "vscode";
import { CloseAction, type CloseHandlerResult, State } from "vscode-languageclient/node";
import { type App, type Client, makeClient } from "./client";
import { causeOfDeath, died, type Missing, resolveServer, showMissing } from "./server";

const TOO_OFTEN = "Lakewright's server stopped five times in three minutes. The log may say why.";
const LOST = "Lakewright's server stopped while it was at work, and was started anew. That run is lost: ask again.";

export class Session {
  private client: Client | undefined;
  private command: string | undefined;
  private queue: Promise<Missing | undefined> = Promise.resolve(undefined);

  constructor(private readonly app: App) {}

  /** The running client. Where there is none the user is told why, and may mend it: then there is one. */
  async ready(): Promise<Client | undefined> {
    await this.queue;
    if (this.client?.state === State.Starting) await this.client.start().catch(() => undefined);
    if (this.client?.state !== State.Running) await this.restart();
    return this.client?.state === State.Running ? this.client : undefined;
  }

  /** As `start`, by the user's wish: they are told why it can't be. */
  async restart(): Promise<void> {
    const problem = await this.start();
    if (problem) await showMissing(problem);
  }

  /** A new server in place of the one that runs, unless what that does shall go on; `between` is done without any. */
  async start(between?: () => Promise<void>): Promise<Missing | undefined> {
    const atWork = "Lakewright is at work. A restart ends what it does.";
    if (this.app.status.runs > 0 && !(await window.showWarningMessage(atWork, "Restart"))) return undefined;
    const work = async () => {
      await this.stop();
      await between?.();
      return this.begin();
    };
    return (this.queue = this.queue.then(work, work));
  }

  /** Another server may have to be taken: then only. */
  async reconsider(): Promise<void> {
    await this.queue;
    const choice = await resolveServer(this.app.context, this.app.log);
    if (choice.kind === "missing" || choice.command !== this.command) await this.restart();
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = this.command = undefined;
    await client?.dispose().catch(() => undefined);
  }

  private async begin(): Promise<Missing | undefined> {
    const choice = await resolveServer(this.app.context, this.app.log);
    if (choice.kind === "missing") return this.failed(choice);
    this.command = choice.command;
    const client = makeClient(this.app, choice.command, choice.args, async () =>
      this.ended(died(choice.command), client.state, await usual.closed()),
    );
    const usual = client.createDefaultErrorHandler();
    this.client = client;
    try {
      await client.start();
    } catch {
      return this.failed(await causeOfDeath(choice));
    }
    return undefined;
  }

  /** A crash is mended by a new start; five in three minutes are a defect, as is one before the server was up. */
  private ended(problem: Missing, state: State, { action }: CloseHandlerResult): CloseHandlerResult {
    const wasUp = state === State.Running;
    const isBack = wasUp && action === CloseAction.Restart;
    const actions = problem.actions.filter(({ command }) => !isBack || command !== "lakewright.restart");
    const message = isBack ? LOST : TOO_OFTEN;
    if (wasUp && (!isBack || this.app.status.runs > 0)) void showMissing({ ...problem, actions, message });
    if (!isBack) this.failed(problem);
    return { action: isBack ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
  }

  private failed(problem: Missing): Missing {
    this.app.log.error(problem.message);
    const action = { title: "Restart", command: "lakewright.restart" };
    this.app.status.show({ state: "notRunning", message: problem.message, action, runs: [] });
    return problem;
  }
}
