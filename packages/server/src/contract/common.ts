/** What every answer of the API shares: errors, ids, times, pages of lists. */
import { z } from 'zod';

/** The body of every answer with a status from 400 on. */
export const errorSchema = z
  .object({
    error: z.object({
      status: z.int().describe('the HTTP status'),
      message: z.string().describe('one line: what was wrong, and what was expected'),
    }),
  })
  .meta({ id: 'Error' });
export type ErrorBody = z.infer<typeof errorSchema>;

export const idSchema = z
  .string()
  .regex(/^[0-9a-z]{8,40}$/)
  .describe('an id');
export const timeSchema = z.iso.datetime().describe('a time, UTC');

/** Lists are given in pages, newest first. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('entries of a page'),
  before: idSchema.optional().describe('the id of the last entry of the page before'),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;
