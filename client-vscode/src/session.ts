// The life of the server: started, started anew one at a time, given up after five crashes. Nothing is told unasked
// before somebody wanted something of it.
import { type ExtensionContext, type LogOutputChannel, window } from "vscode";
import { CloseAction, ErrorAction, type ErrorHandler, type LanguageClient, State } from "vscode-languageclient/node";
import {
  causeOfDeath,
  died,
  type Missing,
  removeServer,
  resolveServer,
  type ServerChoice,
  setUpServer,
  showMissing,
} from "./server";
import type { StatusItem } from "./status";

const CRASHES = 5;
const CRASHES_WITHIN_MS = 3 * 60 * 1000;
const TOO_OFTEN = "Lakewright's server stopped five times in three minutes. The log may say why.";
const LOST = "Lakewright's server stopped while it was at work, and was started anew. Nothing was changed; ask again.";

type Found = Extract<ServerChoice, { kind: "found" }>;
type MakeClient = (server: Found, errors: ErrorHandler) => LanguageClient;

export class Session {
  client: LanguageClient | undefined;
  private server: Found | undefined;
  private problem: Missing | undefined;
  private crashes: number[] = [];
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
    private readonly status: StatusItem,
    private readonly makeClient: MakeClient,
  ) {}

  /** The running client. Where there is none the user is told why, and may mend it: then there is one. */
  async ready(): Promise<LanguageClient | undefined> {
    await this.queue;
    if (this.client?.state === State.Starting) await this.client.start().catch(() => undefined);
    if (this.problem) await showMissing(this.problem);
    return this.client?.state === State.Running ? this.client : undefined;
  }

  /** The first start, which says nothing. */
  start(): Promise<void> {
    return this.enqueue(() => this.begin());
  }

  /** Another server may have to be taken: only then, and never over a run without a word. */
  async reconsider(): Promise<void> {
    await this.queue;
    const choice = await resolveServer(this.context, this.log);
    const isSame = choice.kind === "found" && choice.command === this.server?.command;
    if ((isSame && this.client?.state === State.Running) || !(await this.mayStop())) return;
    await this.enqueue(() => this.begin(choice));
    if (this.problem) void showMissing(this.problem);
  }

  /** The user's own wish. */
  async restart(): Promise<void> {
    if (!(await this.mayStop())) return;
    this.crashes = [];
    await this.enqueue(() => this.begin());
    await this.ready();
  }

  async setUp(): Promise<void> {
    if (await setUpServer(this.context, this.log)) await this.restart();
  }

  async remove(): Promise<void> {
    if (!(await this.mayStop())) return;
    await this.enqueue(async () => {
      await this.stop();
      await removeServer(this.context, this.log);
      await this.begin();
    });
  }

  stop(): Promise<void> {
    const client = this.client;
    this.client = this.server = undefined;
    return client ? client.dispose().catch(() => undefined) : Promise.resolve();
  }

  private enqueue(work: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(work).catch((error: unknown) => {
      this.log.error(String(error));
    });
    return this.queue;
  }

  private async begin(known?: ServerChoice): Promise<void> {
    await this.stop();
    const choice = known ?? (await resolveServer(this.context, this.log));
    if (choice.kind === "missing") {
      this.failed(choice);
      return;
    }
    this.server = choice;
    this.problem = undefined;
    this.client = this.makeClient(choice, this.errors(choice));
    await this.client.start().catch(async (error: unknown) => {
      this.log.error(String(error));
      this.failed(await causeOfDeath(choice));
    });
  }

  private failed(problem: Missing): void {
    this.problem = problem;
    this.log.error(problem.message);
    this.status.broken(problem.message);
  }

  private async mayStop(): Promise<boolean> {
    const runs = this.client?.state === State.Running ? this.status.runs : 0;
    if (runs === 0) return true;
    const answer = await window.showWarningMessage(
      `Lakewright is at work. A restart ends ${runs === 1 ? "its run" : `its ${String(runs)} runs`}.`,
      "Restart",
    );
    return answer === "Restart";
  }

  /** A crash is mended by a new start; five in three minutes are a defect, as is one before the server was up. */
  private errors(server: Found): ErrorHandler {
    const client = () => this.client;
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        const now = Date.now();
        this.crashes = [...this.crashes.filter((time) => now - time < CRASHES_WITHIN_MS), now];
        const problem = died(server.command);
        if (client()?.state === State.Running && this.crashes.length < CRASHES) {
          if (this.status.runs > 0) void showMissing({ ...problem, message: LOST });
          return { action: CloseAction.Restart, handled: true };
        }
        if (this.crashes.length >= CRASHES) problem.message = TOO_OFTEN;
        this.failed(problem);
        if (client()?.state === State.Running) void showMissing(problem);
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }
}
