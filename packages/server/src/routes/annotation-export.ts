/** What comes out of a project: votes, a manifest, RAF-DB's folders, key points, and all that happened. */
import { Readable } from 'node:stream';
import { exportQuerySchema } from '../contract/index.ts';
import { cocoPieces, pointsQuestion } from '../annotation/export/coco.ts';
import { inferAside } from '../annotation/export/infer-aside.ts';
import { lineStream } from '../annotation/export/lines.ts';
import { manifestLines } from '../annotation/export/manifest.ts';
import { choiceQuestion, expressionQuestion } from '../annotation/export/questions.ts';
import { rafDbEntries } from '../annotation/export/raf-db.ts';
import { truthOf } from '../annotation/export/truth.ts';
import { votesCsv } from '../annotation/export/votes.ts';
import { zipStream } from '../annotation/export/zip.ts';
import type { Collected } from '../annotation/collected.ts';
import { Fault, notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { log, signedIn } from './log.ts';
import { findManaged, NOT_THERE, projectParams } from './project-access.ts';

/** By what is exported: the type of its body, and the ending of its file. */
const FILES = {
  votes: ['text/csv; charset=utf-8', 'csv'],
  manifest: ['application/x-ndjson; charset=utf-8', 'jsonl'],
  'raf-db': ['application/zip', 'zip'],
  coco: ['application/json; charset=utf-8', 'json'],
  events: ['application/x-ndjson; charset=utf-8', 'jsonl'],
} as const;

export const exportRoutes = [
  route({
    method: 'GET',
    path: '/api/projects/:id/export',
    summary: 'What a project has come to',
    description:
      'Votes are what `mien crowd` reads, a manifest and RAF-DB’s folders what `mien train` reads, where the images lie under the names of their import. People are members: a random id each.',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    query: exportQuerySchema,
    answers: {
      200: {
        description: 'the file',
        contentTypes: [...new Set(Object.values(FILES).map(([type]) => type.split(';')[0]!))],
      },
      ...NOT_THERE,
      409: { description: 'nothing is labelled yet' },
    },
    async handle({ params: { id }, query: { as, question, method }, reply, ...input }, services) {
      const { project } = await findManaged(id, signedIn(input.who), services);
      const body =
        as === 'events'
          ? lineStream(eventLines(services, id))
          : await bodyOf(as, id, await collected(services, id), question, method, services);
      await log(services, { ...input, reply }, 'project.exported', { subject: id, detail: { as } });
      const [type, ending] = FILES[as];
      await reply
        .header('content-type', type)
        .header('content-disposition', `attachment; filename="${fileName(project.name)}-${as}.${ending}"`)
        .send(body);
    },
  }),
];

async function collected({ store }: Services, id: string): Promise<Collected> {
  const found = await store.annotation.collect(id);
  if (!found) throw notFound('project');
  return found;
}

/** Faults come before the first byte. */
async function bodyOf(
  as: Exclude<keyof typeof FILES, 'events'>,
  id: string,
  project: Collected,
  key: string | undefined,
  method: string | undefined,
  services: Services,
): Promise<Readable> {
  const { settings } = project;
  switch (as) {
    case 'votes':
      return lineStream(votesCsv(project, choiceQuestion(settings, key)));
    case 'manifest':
      return lineStream(
        manifestLines(project, await truthOf(project, expressionQuestion(settings, key), method, inferAside)),
      );
    case 'coco':
      return Readable.from(cocoPieces(project, pointsQuestion(project)), { objectMode: false });
    case 'raf-db': {
      const at = new Date(project.answers.at(-1)?.atMs ?? 0);
      return zipStream(
        rafDbEntries(project, await truthOf(project, expressionQuestion(settings, key), method, inferAside)),
        (task) => imageOf(services, id, project.tasks[task]!.id),
        at,
      );
    }
  }
}

async function imageOf({ store, files }: Services, project: string, id: string): Promise<Uint8Array> {
  const task = await store.annotation.tasks.find(project, id);
  const bytes = task?.fileKey == null ? undefined : await files.get(task.fileKey);
  if (!task || !bytes) throw new Fault(410, `${task?.name ?? id}: the image was removed`);
  return bytes;
}

async function* eventLines({ store }: Services, id: string): AsyncGenerator<string> {
  for await (const event of store.annotation.events(id)) yield JSON.stringify(event);
}

/** Plain letters: some browsers take no others from a header. */
const fileName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^\w-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'project';
