/** A queue of tasks, the most urgent first; equals keep their order. */

export interface Task {
  readonly name: string;
  readonly urgency: number;
}

export class TaskQueue {
  private readonly tasks: Task[] = [];

  push(task: Task): void {
    const at = this.tasks.findIndex((other) => other.urgency < task.urgency);
    this.tasks.splice(at < 0 ? this.tasks.length : at, 0, task);
  }

  next(): Task | undefined {
    return this.tasks.shift();
  }

  waiting(): number {
    return this.tasks.length;
  }
}

export function describeTask(task: Task): string {
  return `${task.name} (${task.urgency})`;
}
