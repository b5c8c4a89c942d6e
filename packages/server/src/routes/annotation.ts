/** The work of annotators: the next images, and what was done with them. */
import {
  eventsRequestSchema,
  eventsSchema,
  nextRequestSchema,
  nextSchema,
  type Answer,
  type Assignment,
  type ProjectSettings,
} from '../contract/index.ts';
import { notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';
import type { HandedOut, ProjectRecord } from '../store/index.ts';
import { signedIn } from './log.ts';
import { findOwn, NOT_THERE, projectParams } from './project-access.ts';

export const annotationRoutes = [
  route({
    method: 'POST',
    path: '/api/projects/:id/next',
    summary: 'The next images to label',
    description:
      'They are held for the caller as long as leaseSeconds says; a repeated request gives the same ones again, unless `held` says that they arrived.',
    tag: 'annotation',
    needs: 'annotate',
    params: projectParams,
    body: nextRequestSchema,
    answers: { 200: { description: 'images, and how far one is', schema: nextSchema }, ...NOT_THERE },
    async handle({ params: { id }, body: { count, held }, who }, { store, ...services }) {
      const { project, member } = await findOwn(id, signedIn(who), { store, ...services });
      const { assignments, own } = await store.annotation.work.next(project, member, count, held);
      return { assignments: assignments.map((one) => describe(one, project)), own };
    },
  }),
  route({
    method: 'POST',
    path: '/api/projects/:id/events',
    summary: 'Answers, skips and undos',
    description: 'Taken in their order. What is answered is stored; events that are sent again are answered as before.',
    tag: 'annotation',
    needs: 'annotate',
    params: projectParams,
    body: eventsRequestSchema,
    answers: { 200: { description: 'what became of each', schema: eventsSchema }, ...NOT_THERE },
    async handle({ params: { id }, body: { events }, who }, { store, ...services }) {
      const { project, member } = await findOwn(id, signedIn(who), { store, ...services });
      const taken = await store.annotation.work.take(project, member.id, events);
      if (!taken) throw notFound('membership of yours in this project');
      return taken;
    },
  }),
];

function describe(
  { id, kind, task, answer, others }: HandedOut,
  { id: projectId, settings }: ProjectRecord,
): Assignment {
  return {
    id,
    // Nobody is told that an item is gold
    kind: kind === 'gold' ? 'work' : kind,
    image: `/api/projects/${projectId}/tasks/${task.id}/image`,
    width: task.width,
    height: task.height,
    proposal: task.proposal && shownOf(task.proposal.answer, task.proposal.expressions, settings),
    others: others && [...others],
    answer,
    leaseSeconds: settings.leaseSeconds,
  };
}

/** What an annotator sees of a proposal: what was drawn, and the model's choice where the project says so. */
function shownOf(
  drawn: Answer,
  expressions: Readonly<Record<string, number>>,
  { questions, showsModel }: ProjectSettings,
): Answer | null {
  const shown: Answer = {};
  for (const question of questions) {
    if (question.kind !== 'choice') {
      if (drawn[question.key] !== undefined) shown[question.key] = drawn[question.key]!;
    } else if (showsModel && question.multiple !== true) {
      const known = question.options.filter(({ value }) => expressions[value] !== undefined);
      const [best] = known.sort((a, b) => expressions[b.value]! - expressions[a.value]!);
      // A question about expressions, not one that shares a word with them
      if (best && known.length > 1) shown[question.key] = best.value;
    }
  }
  return Object.keys(shown).length > 0 ? shown : null;
}
