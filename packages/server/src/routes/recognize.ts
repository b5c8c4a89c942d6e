/** Photos to faces and expressions, at once. */
import { FORMAT_NAMES, formatNamed, recognitionSchema, type FormatName, type ImageResult } from 'mienjs/results';
import { z } from 'zod';
import { Fault } from '../http/fault.ts';
import { route } from '../http/route.ts';
import { announcedBytes, readPhotos } from '../http/uploads.ts';
import { ProcessEnded, Stopped, type Photo } from '../recognition/recognition.ts';
import type { Services } from '../http/services.ts';

export const formatQuery = z.object({
  format: z
    .enum(FORMAT_NAMES as [FormatName, ...FormatName[]])
    .default('json')
    .describe('as mien recognize --format'),
});

export const unitsQuery = z.object({
  actionUnits: z
    .stringbool()
    .default(false)
    .describe('whether faces get estimates of action units, as mien recognize --action-units'),
});

export const CONTENT_TYPES: Readonly<Record<FormatName, string>> = {
  table: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  openface: 'text/csv; charset=utf-8',
  pyfeat: 'text/csv; charset=utf-8',
};

export const recognizeRoutes = [
  route({
    method: 'POST',
    path: '/api/recognize',
    summary: 'Recognise the faces and expressions of photos',
    description:
      'The answer is what `mien recognize` writes in the same format. A photo that cannot be read has an `error`, and the others are recognised all the same; where none could be, the status is 422. The server fetches no addresses.',
    tag: 'recognition',
    needs: 'recognize',
    query: formatQuery.extend(unitsQuery.shape),
    takesPhotos: { description: 'one or more image files; the names of the fields do not matter' },
    answers: {
      200: {
        description: 'the results, in the order of the photos',
        schema: recognitionSchema,
        contentTypes: ['application/x-ndjson', 'text/csv', 'text/plain'],
      },
      413: { description: 'the photos are too many or too large' },
      422: { description: 'no photo could be recognised: the results say why', schema: recognitionSchema },
      503: { description: 'the server has too much to do: the header Retry-After says when to try again' },
    },
    async handle({ request, reply, query: { format, actionUnits } }, services) {
      const { admission, limits, recognition } = services;
      // Whoever goes away while photos wait is not waited for
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const results = await admission.admit(announcedBytes(request, limits.requestBytes), async () => {
        const photos = await readPhotos(request, limits);
        return Promise.all(photos.map((photo) => recognizeOne(photo, services, { signal: gone.signal, actionUnits })));
      });
      const form = formatNamed(format, actionUnits);
      if (results.every(({ error }) => error !== undefined)) reply.code(422);
      await reply
        .header('content-type', CONTENT_TYPES[format])
        .send(form.begin(recognition.model) + results.map((result, i) => form.image(result, i)).join('') + form.end());
    },
  }),
];

async function recognizeOne(
  photo: Photo,
  { recognition, metrics }: Services,
  settings: { readonly signal: AbortSignal; readonly actionUnits: boolean },
): Promise<ImageResult> {
  let result: ImageResult;
  try {
    result = await recognition.recognize(photo, { lane: 'request', ...settings });
  } catch (error) {
    if (error instanceof Stopped) throw new Fault(503, 'the server stops', { 'retry-after': '10' });
    if (!(error instanceof ProcessEnded)) throw error;
    const { file } = photo;
    result = { file, width: null, height: null, faces: [], error: `${file}: recognition failed (${error.message})` };
  }
  metrics.photo('request', result.error === undefined);
  return result;
}
