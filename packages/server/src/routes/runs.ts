/** Training runs as they go, and reports, of the folder that `mien serve --runs` names. */
import { z } from 'zod';
import { runDetailSchema, runsSchema } from '../contract/index.ts';
import { notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';

const nameParams = z.object({ name: z.string().max(250) });
/** A report brings its style and pictures, a map of features a script: it sees nothing of the server's. */
const REPORT_POLICY =
  "sandbox allow-scripts; default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

export const runRoutes = [
  route({
    method: 'GET',
    path: '/api/runs',
    summary: 'Training runs and reports',
    description: 'What `mien train` and the reports of other verbs left below the folder of `mien serve --runs`.',
    tag: 'models',
    needs: 'runs.read',
    answers: { 200: { description: 'all of them', schema: runsSchema } },
    handle: async (_, { runs }) => (await runs?.list()) ?? { runs: [], reports: [] },
  }),
  route({
    method: 'GET',
    path: '/api/runs/:name',
    summary: 'A training run, epoch by epoch',
    tag: 'models',
    needs: 'runs.read',
    params: nameParams,
    answers: { 200: { description: 'the run', schema: runDetailSchema }, 404: { description: 'there is none' } },
    async handle({ params: { name } }, { runs }) {
      const run = await runs?.find(name);
      if (!run) throw notFound('run');
      return run;
    },
  }),
  route({
    method: 'GET',
    path: '/api/reports/:name',
    summary: 'A report',
    tag: 'models',
    needs: 'runs.read',
    params: nameParams,
    answers: {
      200: { description: 'the page', contentTypes: ['text/html'] },
      404: { description: 'there is none' },
    },
    async handle({ params: { name }, reply }, { runs }) {
      const page = await runs?.page(name);
      if (page === undefined) throw notFound('report');
      await reply
        .header('content-type', 'text/html; charset=utf-8')
        .header('content-security-policy', REPORT_POLICY)
        .send(page);
    },
  }),
];
