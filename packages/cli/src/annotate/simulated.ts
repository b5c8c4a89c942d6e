/** Annotators who are simulated, as programs that use a server like its page does. */
import { randomUUID } from 'node:crypto';
import type { Random } from 'mienjs/tensor';
import { eventsSchema, nextSchema, ownProgressSchema, tasksSchema, type Assignment } from 'mien-server/contract';
import type { Api } from './api.ts';

/** At a time. */
const COUNT = 20;

export interface SimulatedWork {
  /** The choice question that is answered. */
  readonly question: string;
  readonly options: readonly string[];
  /** The right option, by the image's id. */
  readonly truth: ReadonlyMap<string, string>;
  /** How often the answer is right; else it is any other option. */
  readonly accuracy: number;
  /** Images that are labelled at most. */
  readonly most: number;
  readonly random: Random;
}

/** Joins a project, passes its tutorial and its test, and labels until there is no more. @returns how many images */
export async function simulateAnnotator(api: Api, project: string, work: SimulatedWork): Promise<number> {
  const path = `/api/projects/${project}`;
  await api.json(ownProgressSchema, 'POST', `${path}/join`, { consents: true });
  let done = 0;
  for (;;) {
    const { assignments } = await api.json(nextSchema, 'POST', `${path}/next`, { count: COUNT, held: [] });
    const taken = assignments.filter(({ kind }) => kind !== 'work' || done++ < work.most);
    if (taken.length === 0) return Math.min(done, work.most);
    const events = taken.map((assignment) => ({
      key: randomUUID(),
      assignment: assignment.id,
      kind: 'answer' as const,
      answer: { [work.question]: answerOf(assignment, work) },
      activeMs: 600 + work.random.int(2400),
    }));
    await api.json(eventsSchema, 'POST', `${path}/events`, { events });
  }
}

function answerOf({ kind, image }: Assignment, { truth, options, accuracy, random }: SimulatedWork): string {
  const right = truth.get(taskIn(image)) ?? options[0]!;
  // Everybody passes
  if (kind === 'tutorial' || kind === 'test' || random.uniform() < accuracy) return right;
  return options[(options.indexOf(right) + 1 + random.int(options.length - 1)) % options.length]!;
}

/** The id of the image in its path. */
const taskIn = (path: string): string => /tasks\/([^/]+)/.exec(path)?.[1] ?? '';

/** Names of a project's images, by id. */
export async function taskNames(api: Api, project: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (let before = ''; ;) {
    const { tasks } = await api.json(tasksSchema, 'GET', `/api/projects/${project}/tasks?limit=200${before}`);
    for (const { id, name } of tasks) names.set(id, name);
    const last = tasks.at(-1);
    if (!last) return names;
    before = `&before=${last.id}`;
  }
}
