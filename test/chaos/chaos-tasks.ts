import { randomUUID } from 'node:crypto';
import type { LifecycleTasks, TaskInput } from '#core/lifecycle-tasks.ts';
import type { Faults } from './faults.ts';

type Task = LifecycleTasks['segment'];

/** Tasks as a workflow calls them that cannot know whether one that does not answer still lives. */
export const chaosTasks = (tasks: LifecycleTasks, faults: Faults): LifecycleTasks => ({
  segment: twice(unreliable(tasks.segment, faults), faults),
  'register-pause': rotated(unreliable(tasks['register-pause'], faults), faults),
  'expire-pause': twice(unreliable(tasks['expire-pause'], faults), faults),
  finalize: twice(unreliable(tasks.finalize, faults), faults),
});

const unreliable =
  (task: Task, faults: Faults): Task =>
  (input) =>
    faults.call(() => task(input), { unreached: 0.1, unanswered: 0.1 });

/** Called again while the first call, of which nobody waits for the outcome, is at work. */
const twice =
  (task: Task, faults: Faults): Task =>
  async (input) => {
    if (faults.chance(0.2)) {
      task(input).catch(() => undefined);
      await faults.latency();
    }
    return task(input);
  };

/** Each attempt at a wait has a token of its own, and one that was given up may be heard of last. */
const rotated =
  (task: Task, faults: Faults): Task =>
  async (input) => {
    const givenUp: TaskInput = { ...input, taskToken: randomUUID() };
    if (faults.chance(0.2)) await task(givenUp).catch(() => undefined);
    if (faults.loses(0.2)) faults.later(() => task(givenUp));
    return task(input);
  };
