/** `mien annotate import`: images, archives and lists of images into a project. */
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { Option, type Command } from 'commander';
import { InputError } from 'mienjs';
import { isFolder, readWhole, userPath, Walker } from 'mienjs/files';
import { findColumns, isMissing } from 'mienjs/tables';
import { readTable } from 'mienjs/tables/node';
import { answerSchema, imageAboutSchema, importSchema, TASK_ROLES, type ImageAbout } from 'mien-server/contract';
import { log, messageOf, print, printJson, Progress, ReportedFailure } from '../output.ts';
import { planFiles } from '../outputs/guard.ts';
import { Api, Refusal, SERVER_NOTES, withServer, type ServerOptions } from './api.ts';

/** An image or an archive, and what is known of it. */
export interface ImportItem {
  readonly path: string;
  /** Under which the project has it. */
  readonly name: string;
  readonly about: ImageAbout;
}

interface ImportOptions extends ServerOptions {
  readonly source?: string;
  readonly license?: string;
  readonly keyword?: string;
  readonly role?: (typeof TASK_ROLES)[number];
  readonly propose?: true;
  readonly json?: true;
}

/** The most of a request: small enough that an answer comes soon. */
const BATCH = { files: 40, bytes: 32 * 2 ** 20 };

const NOTES = `
INPUTS are images, folders, ZIP archives, and lists of images: CSV, or JSON lines as mien annotate fetch writes. A list has a column image, paths from
its folder on, and, where it has them, source (or url), license, keyword, role (${TASK_ROLES.join(', ')}), gold (the known answer as JSON, {"expression":
"fear"}) and feedback. The project has an image under its path in its folder or list.

The same bytes are not added again. What the server refuses is reported, and the others are added; the exit status is then 1.
${SERVER_NOTES}

--json: { "project", "added", "duplicates": [{ "file", "of" }], "refused": [{ "file", "error" }] }.`;

export function registerImport(annotate: Command): void {
  const command = withServer(
    annotate
      .command('import')
      .description('images into a project')
      .argument('<project>', 'name or id')
      .argument('<inputs...>', 'images, folders, archives, lists'),
  )
    .option('--source <text>', 'where all the images are from, but for those whose list tells')
    .option('--license <text>', 'their licence')
    .option('--keyword <text>', 'by which they were found')
    .addOption(new Option('--role <role>', 'what they are for').choices(TASK_ROLES))
    .option('--propose', 'have the server propose boxes and points, for correction by hand, in the background')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<ImportOptions>(command, (_, [, ...inputs]) => ({ inputs }));
  command.action(async (name: string, inputs: readonly string[], options: ImportOptions) => {
    const api = new Api(options.server);
    const { source, license, keyword, role } = options;
    const all = imageAboutSchema.parse({ source, license, keyword, role });
    const refused: { file: string; error: string }[] = [];
    const items = await itemsOf(inputs, (file, error) => refused.push({ file, error }));
    if (items.length + refused.length === 0) throw new InputError(inputs.join(', '), 'has no image to import');
    const { id } = await api.project(name);
    const bar = new Progress('import', Math.max(1, items.length));
    const report = await importItems(api, id, items, all, (done) => bar.update(done)).finally(() => bar.finish());
    if (options.propose) await api.ask('POST', `/api/projects/${id}/proposals`);
    const failures = [...refused, ...report.refused];
    for (const { file, error } of failures) log(`${file}: ${error}`);
    if (options.json) await printJson({ project: id, ...report, refused: failures });
    else
      await print(
        `${name}: ${report.added} images added${report.duplicates.length > 0 ? `, ${report.duplicates.length} there already` : ''}${failures.length > 0 ? `, ${failures.length} refused` : ''}\n`,
      );
    if (failures.length > 0) throw new ReportedFailure();
  });
}

export interface ImportReport {
  readonly added: number;
  readonly duplicates: { file: string; of: string }[];
  readonly refused: { file: string; error: string }[];
}

/** Batch by batch; what is refused does not stop the others. @throws {InputError} when the server cannot be reached */
export async function importItems(
  api: Api,
  project: string,
  items: readonly ImportItem[],
  all: ImageAbout,
  onProgress: (done: number) => void,
): Promise<ImportReport> {
  const report = { added: 0, duplicates: [] as ImportReport['duplicates'], refused: [] as ImportReport['refused'] };
  let done = 0;
  for await (const batch of batchesOf(items, ({ name }, error) =>
    report.refused.push({ file: name, error: error instanceof InputError ? error.reason : messageOf(error) }),
  )) {
    const form = new FormData();
    const files = Object.fromEntries(
      batch.flatMap(({ item }) => (Object.keys(item.about).length > 0 ? [[item.name, item.about]] : [])),
    );
    form.append('about', JSON.stringify({ all, files }));
    for (const { item, bytes } of batch) form.append('image', new Blob([bytes]), item.name);
    try {
      const answer = await api.json(importSchema, 'POST', `/api/projects/${project}/images`, form);
      report.added += answer.added;
      for (const one of answer.duplicates) report.duplicates.push(one);
      for (const one of answer.refused) report.refused.push(one);
    } catch (error) {
      // The right to the project is wanting for all of them alike
      if (!(error instanceof Refusal) || [401, 403, 404].includes(error.status)) throw error;
      for (const { item } of batch) report.refused.push({ file: item.name, error: error.reason });
    }
    onProgress((done += batch.length));
  }
  return report;
}

interface Loaded {
  readonly item: ImportItem;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function* batchesOf(
  items: readonly ImportItem[],
  onProblem: (item: ImportItem, error: unknown) => void,
): AsyncGenerator<readonly Loaded[]> {
  let batch: Loaded[] = [];
  let size = 0;
  for (const item of items) {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await readWhole(item.path);
    } catch (error) {
      onProblem(item, error);
      continue;
    }
    if (batch.length > 0 && (batch.length === BATCH.files || size + bytes.length > BATCH.bytes)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push({ item, bytes });
    size += bytes.length;
  }
  if (batch.length > 0) yield batch;
}

async function itemsOf(
  inputs: readonly string[],
  onProblem: (file: string, reason: string) => void,
): Promise<ImportItem[]> {
  const items = new Map<string, ImportItem>();
  const add = (item: ImportItem): void => {
    const other = items.get(item.name);
    if (other && other.path !== item.path) onProblem(item.path, `has the name of ${other.path}: ${item.name}`);
    else items.set(item.name, item);
  };
  for (const given of inputs) {
    const input = userPath(given);
    const isBelow = await isFolder(input).catch((error: InputError) => error.reason);
    if (typeof isBelow === 'string') onProblem(input, isBelow);
    else if (isBelow) {
      const walker = new Walker();
      for await (const path of walker.files(input)) add({ path, name: nameIn(input, path), about: {} });
      const passedOver = walker.passedOver.describe();
      if (passedOver !== undefined) log(`${input}: ${passedOver}`);
    } else if (/\.(csv|tsv|jsonl?|ndjson)(\.gz)?$/i.test(input))
      for (const item of await listed(input, onProblem)) add(item);
    else add({ path: input, name: basename(input), about: {} });
  }
  return [...items.values()];
}

const nameIn = (folder: string, path: string): string => relative(folder, path).split(sep).join('/');

/** Names of columns; the first of a field is the one that Mien writes. */
const FIELDS = {
  image: ['image', 'file', 'filename', 'file_name', 'path', 'image_path', 'photo'],
  source: ['source', 'url', 'page'],
  license: ['license', 'licence', 'rights'],
  keyword: ['keyword', 'query', 'tag'],
  role: ['role'],
  gold: ['gold', 'known'],
  feedback: ['feedback'],
} as const;

async function listed(file: string, onProblem: (where: string, reason: string) => void): Promise<ImportItem[]> {
  const items: ImportItem[] = [];
  await readTable(
    file,
    (header) => {
      const { image, ...columns } = findColumns(header, FIELDS, ['image']);
      return (row) => {
        const path = row.text(image);
        const where = `${file}:${row.line}`;
        if (isMissing(path)) return onProblem(where, 'names no image');
        const given = Object.entries(columns).flatMap(([field, column]) => {
          const text = column === undefined ? '' : row.text(column);
          return isMissing(text) ? [] : [[field, field === 'gold' ? (goldOf(text) ?? text) : text]];
        });
        const about = imageAboutSchema.safeParse(Object.fromEntries(given));
        if (!about.success)
          return onProblem(where, `${about.error.issues[0]!.path.join('.')}: ${about.error.issues[0]!.message}`);
        items.push({
          path: isAbsolute(path) ? path : join(dirname(file), path),
          name: isAbsolute(path) ? basename(path) : path.replaceAll('\\', '/'),
          about: about.data,
        });
      };
    },
    { onProblem: (line, reason) => onProblem(`${file}:${line}`, reason) },
  );
  return items;
}

function goldOf(text: string): unknown {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
