/** `mien crowd partition`: from votes to a data set of images with one expression and of images with two. */
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { InputError } from 'mienjs';
import { writeFailure, writeLines } from 'mienjs/files';
import { formatManifestRow } from 'mienjs/data';
import {
  groundTruth,
  nameExpressions,
  SUBSETS,
  type GroundTruth,
  type MethodName,
  type Subset,
  type TaskSubset,
  type Votes,
  type WorkerWeights,
} from 'mienjs/crowd';
import { COMPOUND_EXPRESSIONS } from 'mienjs/labels';
import { numberWithin, wholeNumber } from '../options.ts';
import { print, printJson } from '../output.ts';
import { findImages } from './image-files.ts';
import {
  checkMethod,
  checkSize,
  METHOD_NOTES,
  methodFor,
  settingsOf,
  withMethod,
  type MethodChoice,
} from './method.ts';
import {
  counted,
  listSome,
  loadVotes,
  namingFlags,
  sizesOf,
  VOTES_NOTES,
  withVotes,
  type VotesInputOptions,
} from './votes-input.ts';
import { jsonOutput, outputFiles, planFiles } from '../outputs/guard.ts';
import { manifestKind } from '../outputs/kinds.ts';

type PartitionOptions = VotesInputOptions &
  MethodChoice & {
    readonly method: MethodName;
    readonly excludeBelow: number;
    readonly out?: string;
    readonly images?: string;
    readonly labels: 'soft' | 'hard';
    readonly validation: number;
    readonly test: number;
    readonly seed: number;
    readonly json?: true;
  };

const NOTES = `${VOTES_NOTES}
${METHOD_NOTES}

A vote weighs as much as its worker is reliable, with raf at most as much as the median worker's; workers no better than
guessing count for nothing. The default is glad, the model of the RAF-DB paper with priors, in place of raf, which is that
paper's algorithm: without priors, workers of few votes get weights at the bounds. A class is valid for an
image when its weight is above the mean of all classes. One valid class: single-label. Two, neither neutral, that have one of
the 12 compound names: two-label. All else is other, by reason: with-neutral, unnamed-pair, three-or-more, tie, no-votes.

The folder --out receives the manifests single-label.jsonl, two-label.jsonl and other.jsonl, of which those without images
are left out, and removed if they are there; with --labels hard only the first. Train with: mien train compact.manifest --data manifest=FILE

--json: { "method", "tasks", "workers", "excluded": [WORKER], "rule", "subsets": { SUBSET: { "images", "share" } }, "singles":
{ CLASS: images }, "compounds": { COMPOUND: images }, "files": { FILE: images } }.`;

const FILES: readonly (readonly [string, (subset: Subset) => boolean])[] = [
  ['single-label.jsonl', (subset) => subset === 'single'],
  ['two-label.jsonl', (subset) => subset === 'compound'],
  ['other.jsonl', (subset) => subset !== 'single' && subset !== 'compound'],
];

const share = numberWithin({ from: 0, to: 1 }, 'a share');

export function registerPartition(crowd: Command): void {
  const command = withMethod(
    withVotes(
      crowd.command('partition').description('images with one expression and images with two, as data to train on'),
    ),
    'glad',
    ['excludeBelow'],
  )
    .option(
      '--exclude-below <share>',
      'also exclude workers whose reliability is below this times the median',
      share,
      0,
    )
    .option('--out <folder>', 'write manifests into the folder')
    .option(
      '--images <folder>',
      "where the images are, named as the tasks; must be given with --out unless the tasks' names are paths from there",
    )
    .addOption(
      new Option('--labels <kind>', 'soft: distributions, and the label of single-label images; hard: the label alone')
        .choices(['soft', 'hard'])
        .default('soft'),
    )
    .option('--validation <share>', 'of the images', share, 0.1)
    .option('--test <share>', 'of the images', share, 0.1)
    .option('--seed <n>', 'of the splits', wholeNumber(0), 1)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<PartitionOptions>(command, ({ out, images, json }, [file]) => ({
    inputs: [file, images],
    outputs: [
      ...outputFiles('--out', out, Object.fromEntries(FILES.map(([name]) => [name, manifestKind]))),
      ...jsonOutput(json),
    ],
  }));
  command.action(async (file: string, options: PartitionOptions) => {
    const { excludeBelow, ...choice } = options;
    checkMethod(command, choice);
    if (options.images !== undefined && options.out === undefined)
      command.error('error: --images: has no use without --out');
    const read = await loadVotes(file, options);
    const votes = await namingFlags(() => nameExpressions(read, file, options.codes), file);
    const method = methodFor(command, file, votes, options.method);
    checkSize(file, votes, method);
    const images = options.images === undefined ? undefined : await findImages(options.images, votes.tasks);
    const truth = await namingFlags(() => groundTruth(votes, { method, settings: settingsOf(choice), excludeBelow }));
    const { inference, workers: weights, subsets } = truth;
    const files = options.out === undefined ? {} : await writeManifests(options.out, truth, images, options);
    const excluded = Array.from(weights.excluded, (w) => votes.workers[w]!);
    const counts = count(subsets, SUBSETS, (s) => s.kind);
    const singles = count(subsets, votes.classes, (s) => s.label);
    const compounds = count(subsets, Object.keys(COMPOUND_EXPRESSIONS), (s) => s.compound);
    if (options.json) {
      const shares = Object.fromEntries(
        Object.entries(counts).map(([subset, n]) => [subset, { images: n, share: n / subsets.length }]),
      );
      await printJson({
        method: inference.method,
        tasks: subsets.length,
        workers: votes.workers.length,
        excluded,
        rule: weights.rule,
        subsets: shares,
        singles,
        compounds,
        files,
      });
    } else {
      await print(
        describe(file, votes, inference.method, weights, excluded, counts, { ...singles, ...compounds }, files),
      );
    }
  });
}

async function writeManifests(
  out: string,
  truth: GroundTruth,
  images: ReadonlyMap<string, string> | undefined,
  { labels, validation, test, seed }: PartitionOptions,
): Promise<Record<string, number>> {
  const imageOf = images && ((task: string): string => relative(resolve(out), resolve(images.get(task)!)));
  const written: Record<string, number> = {};
  for (const [name, belongs] of FILES) {
    const rows = truth.rows(({ kind: subset }) => belongs(subset), {
      labels,
      validation,
      test,
      seed,
      ...(imageOf ? { imageOf } : {}),
    });
    const path = join(out, name);
    if (rows.length === 0) {
      // One left by a run before would pass for a part of this data set
      await rm(path, { force: true }).catch((cause: unknown) => {
        throw new InputError(path, writeFailure(cause), { cause });
      });
      continue;
    }
    await writeLines(path, rows.map(formatManifestRow));
    written[path] = rows.length;
  }
  return written;
}

function count(
  subsets: readonly TaskSubset[],
  names: readonly string[],
  nameOf: (subset: TaskSubset) => string | undefined,
): Record<string, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0]));
  for (const subset of subsets) {
    const name = nameOf(subset);
    if (name !== undefined) counts[name]!++;
  }
  return counts;
}

function describe(
  file: string,
  votes: Votes,
  method: string,
  { rule }: WorkerWeights,
  excluded: readonly string[],
  counts: Readonly<Record<string, number>>,
  named: Readonly<Record<string, number>>,
  files: Readonly<Record<string, number>>,
): string {
  const total = votes.tasks.length;
  const row = (name: string, n: number): string =>
    `${name.padEnd(24)}${String(n).padStart(8)}${`${((100 * n) / total).toFixed(2)} %`.padStart(10)}`;
  const other = total - counts['single']! - counts['compound']!;
  const lines = [
    `${file}: ${sizesOf(votes)}, weighed by ${method}`,
    `${rule} ${excluded.length > 0 ? `Excluded: ${listSome(excluded, 'worker')}` : 'No worker is excluded.'}`,
    '',
    row('single-label', counts['single']!),
    row('two-label', counts['compound']!),
    row('other', other),
    ...SUBSETS.filter((name) => name !== 'single' && name !== 'compound' && counts[name]! > 0).map((name) =>
      row(`  ${name}`, counts[name]!),
    ),
    '',
    ...Object.entries(named)
      .filter(([, n]) => n > 0)
      .map(([name, n]) => row(name, n)),
    ...(Object.keys(files).length > 0
      ? ['', ...Object.entries(files).map(([path, n]) => `${path}: ${counted(n, 'image')}`)]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
