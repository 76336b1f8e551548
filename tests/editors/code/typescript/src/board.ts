import { describeTask, TaskQueue } from "./queue";

/** What a board on the wall shows: a heading and the tasks, taken out of the queue. */
export function board(queue: TaskQueue): string[] {
  const lines = [`${queue.waiting()} waiting`];
  for (let task = queue.next(); task !== undefined; task = queue.next()) {
    lines.push(describeTask(task));
  }
  return lines;
}
