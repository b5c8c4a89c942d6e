/** Batches: many photos are uploaded, recognised in the background, and their results fetched. */
import { Readable } from 'node:stream';
import { formatNamed, type ImageResult, type ResultFormat } from 'mienjs/results';
import { z } from 'zod';
import { rightsOf, type Principal } from '../access/rights.ts';
import { hashOf } from '../access/secrets.ts';
import { idSchema, jobSchema, jobsSchema, pageQuerySchema, type Job } from '../contract/index.ts';
import { Fault, notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { announcedBytes, discard, storePhotos } from '../http/uploads.ts';
import type { PhotoPayload, RecognizeSettings } from '../jobs/recognize-batch.ts';
import { isoOf, type JobRecord } from '../store/index.ts';
import { CONTENT_TYPES, formatQuery, unitsQuery } from './recognize.ts';

const params = z.object({ id: idSchema });
const NOT_THERE = { 404: { description: 'there is no such job, or it is somebody else’s' } };

export const jobRoutes = [
  route({
    method: 'POST',
    path: '/api/jobs',
    summary: 'Recognise many photos in the background',
    description:
      'The photos are kept until they are recognised, and not longer. A job outlives the server: it goes on at the next start. A repeated request with the same header Idempotency-Key makes no second job.',
    tag: 'jobs',
    needs: 'recognize',
    query: unitsQuery,
    takesPhotos: { description: 'image files; the names of the fields do not matter' },
    headers: { 'idempotency-key': 'any text of at most 200 characters that names this job' },
    answers: {
      202: { description: 'the job', schema: jobSchema },
      200: { description: 'the job that an earlier request with this key made', schema: jobSchema },
      413: { description: 'the photos are too many or too large' },
    },
    async handle({ request, reply, who, query: { actionUnits } }, { store, files, limits, recognition, runner }) {
      announcedBytes(request, limits.jobBytes);
      const key = keyOf(request.headers['idempotency-key'], who);
      const earlier = key === undefined ? undefined : await store.jobs.byKey(key);
      if (earlier !== undefined) return describe(await store.jobs.find(earlier));
      const stored = await storePhotos(request, files, limits);
      let made: { readonly id: string; readonly isNew: boolean };
      try {
        made = await store.jobs.create({
          kind: 'recognize',
          ownerId: ownerOf(who),
          settings: { model: recognition.model, actionUnits } satisfies RecognizeSettings,
          ...(key === undefined ? {} : { idempotencyKey: key }),
          items: stored.map((photo) => ({
            payload: { file: photo.file, actionUnits } satisfies PhotoPayload,
            fileKey: photo.key,
          })),
        });
      } catch (error) {
        await discard(files, stored);
        throw error;
      }
      if (!made.isNew) await discard(files, stored);
      runner.wake();
      reply.code(made.isNew ? 202 : 200).header('location', `/api/jobs/${made.id}`);
      return describe(await store.jobs.find(made.id));
    },
  }),
  route({
    method: 'GET',
    path: '/api/jobs',
    summary: 'Jobs, newest first',
    description: 'One’s own; managers and owners see all.',
    tag: 'jobs',
    needs: 'jobs.own',
    query: pageQuerySchema,
    answers: { 200: { description: 'a page of jobs', schema: jobsSchema } },
    async handle({ query: { limit, before }, who }, { store }) {
      const jobs = await store.jobs.list(limit, {
        ...(before === undefined ? {} : { before }),
        ...(seesAll(who) ? {} : { owner: ownerOf(who) }),
      });
      return { jobs: jobs.map(describe) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/jobs/:id',
    summary: 'A job and how far it is',
    tag: 'jobs',
    needs: 'jobs.own',
    params,
    answers: { 200: { description: 'the job', schema: jobSchema }, ...NOT_THERE },
    handle: async ({ params: { id }, who }, services) => describe(await findJob(id, who, services)),
  }),
  route({
    method: 'GET',
    path: '/api/jobs/:id/results',
    summary: 'The results of a job',
    description: 'What `mien recognize` writes in the same format, photo by photo in the order of the upload.',
    tag: 'jobs',
    needs: 'jobs.own',
    params,
    query: formatQuery.extend({
      partial: z.stringbool().default(false).describe('whether results of an unfinished job are wanted'),
    }),
    answers: {
      200: {
        description: 'the results',
        contentTypes: ['application/json', 'application/x-ndjson', 'text/csv', 'text/plain'],
      },
      ...NOT_THERE,
      409: { description: 'the job is not finished' },
    },
    async handle({ params: { id }, query: { format, partial }, who, reply }, services) {
      const job = await findJob(id, who, services);
      if (!partial && (job.state === 'queued' || job.state === 'running'))
        throw new Fault(
          409,
          `the job is not finished: ${job.done + job.failed} of ${job.total} photos are; partial=true gives their results`,
        );
      const { model, actionUnits = false } = job.settings as RecognizeSettings;
      const text = textOf(
        formatNamed(format, actionUnits),
        model,
        services.store.jobs.results(id) as AsyncGenerator<ImageResult>,
      );
      await reply.header('content-type', CONTENT_TYPES[format]).send(Readable.from(text));
    },
  }),
  route({
    method: 'POST',
    path: '/api/jobs/:id/cancel',
    summary: 'End a job before its time',
    description: 'Photos that are not recognised yet are removed; results that are there stay.',
    tag: 'jobs',
    needs: 'jobs.own',
    params,
    answers: {
      200: { description: 'the job', schema: jobSchema },
      ...NOT_THERE,
      409: { description: 'it is finished' },
    },
    async handle({ params: { id }, who }, services) {
      await findJob(id, who, services);
      const keys = await services.store.jobs.cancel(id);
      if (!keys) throw new Fault(409, 'the job is finished');
      await Promise.all(keys.map((key) => services.files.remove(key)));
      return describe(await services.store.jobs.find(id));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/jobs/:id',
    summary: 'Remove a job with its photos and results',
    tag: 'jobs',
    needs: 'jobs.own',
    params,
    answers: { 204: { description: 'it is gone' }, ...NOT_THERE },
    async handle({ params: { id }, who, reply }, services) {
      await findJob(id, who, services);
      const keys = await services.store.jobs.remove(id);
      await Promise.all(keys.map((key) => services.files.remove(key)));
      reply.code(204);
    },
  }),
];

const seesAll = (who: Principal): boolean => rightsOf(who).includes('jobs.all');
const ownerOf = (who: Principal): string | null => (who.kind === 'user' ? who.id : null);

/** Keys of different people are different. */
function keyOf(given: string | string[] | undefined, who: Principal): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || given === '' || given.length > 200)
    throw new Fault(400, 'Idempotency-Key: expected one text of at most 200 characters');
  return hashOf(`${ownerOf(who) ?? ''}:${given}`);
}

async function findJob(id: string, who: Principal, { store }: Services): Promise<JobRecord> {
  const job = await store.jobs.find(id);
  if (!job || (job.ownerId !== ownerOf(who) && !seesAll(who))) throw notFound('job');
  return job;
}

export function describe(job: JobRecord | undefined): Job {
  if (!job) throw notFound('job');
  const { id, state, total, done, failed, ownerId, createdMs, finishedMs } = job;
  return {
    id,
    kind: job.kind as Job['kind'],
    state,
    model: (job.settings as RecognizeSettings).model,
    total,
    done,
    failed,
    owner: ownerId,
    createdAt: isoOf(createdMs),
    finishedAt: finishedMs === null ? null : isoOf(finishedMs),
  };
}

async function* textOf(
  form: ResultFormat,
  model: string,
  results: AsyncGenerator<ImageResult>,
): AsyncGenerator<string> {
  yield form.begin(model);
  let index = 0;
  for await (const result of results) yield form.image(result, index++);
  yield form.end();
}
