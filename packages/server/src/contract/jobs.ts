/** Batches of photos, as the API tells them. */
import { z } from 'zod';
import { idSchema, timeSchema } from './common.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'canceled'] as const;
export const jobSchema = z
  .object({
    id: idSchema,
    kind: z.enum(['recognize', 'propose']).describe('propose: boxes and points for the images of a project'),
    state: z.enum(JOB_STATES),
    model: z.string(),
    total: z.int().describe('photos'),
    done: z.int().describe('photos that were recognised'),
    failed: z.int().describe('photos that could not be read or recognised'),
    owner: idSchema.nullable().describe('who made it; null: somebody without an account'),
    createdAt: timeSchema,
    finishedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof jobSchema>;

export const jobsSchema = z.object({ jobs: z.array(jobSchema) });
