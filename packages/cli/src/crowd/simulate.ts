/** `mien crowd simulate`: votes of made-up annotators, with the truth. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { ANNOTATOR_KINDS, DEFAULT_MIX, simulateVotes, type AnnotatorKind, type Simulation } from 'mienjs/crowd';
import { writeLines } from 'mienjs/files';
import { joinCsv } from 'mienjs/tables';
import { numberWithin, wholeNumber } from '../options.ts';
import { print, printJson } from '../output.ts';
import { namingFlags, parseClasses, sizesOf } from './votes-input.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { annotatorsKind, simulatedVotesKind, truthKind } from '../outputs/kinds.ts';

interface SimulateOptions {
  readonly out: string;
  readonly tasks: number;
  readonly workers: number;
  readonly votesPerTask: readonly [number, number];
  readonly classes?: readonly string[];
  readonly mix?: Partial<Record<AnnotatorKind, number>>;
  readonly groups: number;
  readonly seed: number;
  readonly truth?: string;
  readonly annotators?: string;
  readonly json?: true;
}

const NOTES = `
Kinds of annotator: reliable, careless (right less often), spammer (any label), constant (always the same), adversary (wrong
on purpose) and biased (sees one class as another). Without --mix:
${Object.entries(DEFAULT_MIX)
  .map(([kind, weight]) => `${kind}=${weight}`)
  .join(',')}.
Images differ in difficulty, classes are equally frequent. The same options give the same votes.

--json: { "votes", "tasks", "workers", "classes", "kinds": { KIND: workers }, "out", "truth", "annotators" }.`;

export function registerSimulate(crowd: Command): void {
  planFiles<SimulateOptions>(
    crowd
      .command('simulate')
      .description('votes of simulated annotators, to try methods and to plan how many votes are needed')
      .requiredOption('--out <file>', 'the votes: CSV, or JSONL where the file ends with .jsonl')
      .option('--tasks <n>', 'images', wholeNumber(1), 1000)
      .option('--workers <n>', 'annotators', wholeNumber(1), 50)
      .addOption(
        new Option('--votes-per-task <n>', 'a number, or the least and the most as in 5-10')
          .argParser(parseRange)
          .default([10, 10], '10'),
      )
      .option('--classes <names>', 'separated by commas (default: the 7 basic expressions)', parseClasses)
      .option('--mix <weights>', 'share of each kind of annotator, KIND=WEIGHT,…', parseMix)
      .option('--groups <n>', 'groups that share neither tasks nor annotators', wholeNumber(1), 1)
      .option('--seed <n>', 'of all that is drawn', wholeNumber(0), 1)
      .option('--truth <file>', 'write task, truth and difficulty, as CSV')
      .option('--annotators <file>', 'write worker, kind and reliability α, as CSV')
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES)
      .action(async ({ out, truth, annotators, json, votesPerTask, classes, mix, ...options }: SimulateOptions) => {
        const simulation = await namingFlags(() =>
          simulateVotes({ ...options, votesPerTask, ...(classes ? { classes } : {}), ...(mix ? { mix } : {}) }),
        );
        await writeLines(out, voteLines(simulation, out.endsWith('.jsonl')));
        if (truth !== undefined) await writeLines(truth, truthLines(simulation));
        if (annotators !== undefined) await writeLines(annotators, annotatorLines(simulation));
        const { votes, kinds } = simulation;
        const counts = Object.fromEntries(
          ANNOTATOR_KINDS.map((kind) => [kind, kinds.filter((k) => k === kind).length]),
        );
        if (json) {
          await printJson({
            votes: votes.task.length,
            tasks: votes.tasks.length,
            workers: votes.workers.length,
            classes: votes.classes,
            kinds: counts,
            out,
            truth: truth ?? null,
            annotators: annotators ?? null,
          });
        } else {
          await print(
            `${out}: ${sizesOf(votes)} (${Object.entries(counts)
              .map(([kind, n]) => `${n} ${kind}`)
              .join(', ')})\n`,
          );
        }
      }),
    ({ out, truth, annotators, json }) => ({
      outputs: [
        ...outputFile('--out', out, simulatedVotesKind),
        ...outputFile('--truth', truth, truthKind),
        ...outputFile('--annotators', annotators, annotatorsKind),
        ...jsonOutput(json),
      ],
    }),
  );
}

function* voteLines(
  { votes: { tasks, workers, classes, task, worker, label } }: Simulation,
  asJson: boolean,
): Generator<string> {
  if (!asJson) yield 'task,worker,label';
  for (let v = 0; v < task.length; v++) {
    const row = [tasks[task[v]!]!, workers[worker[v]!]!, classes[label[v]!]!] as const;
    yield asJson ? JSON.stringify({ task: row[0], worker: row[1], label: row[2] }) : joinCsv(row);
  }
}

function* truthLines({ votes: { tasks, classes }, truth, difficulty }: Simulation): Generator<string> {
  yield 'task,truth,difficulty';
  for (const [t, task] of tasks.entries())
    yield joinCsv([task, classes[truth[t]!]!, Number(difficulty[t]!.toPrecision(6))]);
}

function* annotatorLines({ votes: { workers }, kinds, alpha }: Simulation): Generator<string> {
  yield 'worker,kind,alpha';
  for (const [w, worker] of workers.entries()) yield joinCsv([worker, kinds[w]!, Number(alpha[w]!.toPrecision(6))]);
}

function parseRange(text: string): [number, number] {
  const parts = text.split('-').map((part) => wholeNumber(1)(part));
  const [least, most = least] = parts;
  if (parts.length > 2 || most! < least!) throw new InvalidArgumentError('Expected a whole number, or two as in 5-10.');
  return [least!, most!];
}

export function parseMix(text: string): Partial<Record<AnnotatorKind, number>> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [kind, weight, ...more] = part.split('=').map((side) => side.trim());
      if (
        !(ANNOTATOR_KINDS as readonly (string | undefined)[]).includes(kind) ||
        weight === undefined ||
        more.length > 0
      ) {
        throw new InvalidArgumentError(`Expected KIND=WEIGHT,… with kinds ${ANNOTATOR_KINDS.join(', ')}.`);
      }
      return [kind, numberWithin({ from: 0 })(weight)];
    }),
  ) as Partial<Record<AnnotatorKind, number>>;
}
