/** The figures of a project, as its managers see them while it runs. */
import { z } from 'zod';
import type { Figures } from '../annotation/quality.ts';
import { qualitySchema, type Quality } from '../contract/index.ts';
import { route } from '../http/route.ts';
import { isoOf } from '../store/index.ts';
import { signedIn } from './log.ts';
import { findManaged, NOT_THERE, projectParams } from './project-access.ts';

/** Figures of so few new events are made while the caller waits. */
const QUICK_EVENTS = 20_000;

export const qualityRoutes = [
  route({
    method: 'GET',
    path: '/api/projects/:id/quality',
    summary: 'How far annotators agree, and what images seem to show',
    description:
      'Figures are made anew in the background when there are new labels, large ones less often; "at" says of when they are.',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    query: z.object({
      fresh: z.stringbool().default(false).describe('wait for figures of all labels that are there'),
    }),
    answers: { 200: { description: 'the figures', schema: qualitySchema }, ...NOT_THERE },
    async handle({ params: { id }, query: { fresh }, who }, services): Promise<Quality> {
      const { project } = await findManaged(id, signedIn(who), services);
      const { annotation } = services.store;
      const events = await annotation.figures.events(id);
      let kept = await annotation.figures.find(id);
      if ((kept?.events ?? -1) < events && (fresh || events - (kept?.events ?? 0) < QUICK_EVENTS)) {
        await services.refitter.refit(id);
        kept = await annotation.figures.find(id);
      }
      const [figures, members, wanted] = await Promise.all([
        annotation.projects.figures([id]),
        annotation.members.list(id),
        annotation.planning.peopleWanted(project),
      ]);
      const made = kept && (JSON.parse(kept.figures) as Figures);
      const own = figures.get(id)!;
      return {
        at: isoOf(kept?.atMs ?? project.nowMs),
        labels: {
          given: own.given,
          wanted: own.wanted,
          surplus: members.reduce((sum, { surplus }) => sum + surplus, 0),
          perHour: made?.perHour ?? 0,
        },
        people: {
          wanted: Math.max(0, wanted),
          active: members.filter(({ state, role }) => state === 'active' && role === 'annotator').length,
        },
        questions: made?.questions ?? [],
        pose: made?.pose ?? { yaw: [], pitch: [], roll: [] },
      };
    },
  }),
];
