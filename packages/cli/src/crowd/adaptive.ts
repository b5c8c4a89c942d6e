/** `mien crowd adaptive`: what is saved by asking no further once a label is certain. */
import { type Command, Option } from 'commander';
import { replayAdaptive, simulateVotes, type AnnotatorKind, type Replay } from 'mienjs/crowd';
import { percentCell, type Table } from 'mienjs/report';
import { numberWithin, wholeNumber } from '../options.ts';
import { Progress } from '../output.ts';
import { planNoOutput } from '../outputs/guard.ts';
import { printTable, withTableFormat, type TableOptions } from '../table-output.ts';
import { checkMethod, METHOD_NOTES, runMethod, withMethod, type MethodChoice } from './method.ts';
import { parseMix } from './simulate.ts';
import { namingFlags } from './votes-input.ts';

type AdaptiveOptions = MethodChoice &
  Omit<TableOptions, 'out'> & {
    readonly crowds: number;
    readonly tasks: number;
    readonly workers: number;
    readonly votesPerTask: readonly number[];
    readonly mix?: Partial<Record<AnnotatorKind, number>>;
    readonly certainty: readonly number[];
    readonly least: number;
    readonly batch: number;
    readonly seed: number;
  };

const NOTES = `
Each crowd is one of mien crowd simulate, of its own seed. Each image gets the least votes first; then the labels are inferred, and images whose
label is not certain get the next batch, until all are certain or have all their votes. Certain is a label whose probability, given
the votes so far, is the certainty or more. The accuracy is compared with that of the same method on all votes.
${METHOD_NOTES}

--json: { "crowds", "tasks", "workers", "least", "batch", "method", "rows": [{ "votesPerTask", "certainty", "saved" (share of the votes, mean of
the crowds), "accuracy": { "all", "adaptive" } (means), "lost": { "mean", "worst" } (accuracy, of the crowds), "rounds" (mean) }] }.`;

interface Row {
  readonly votesPerTask: number;
  readonly certainty: number;
  readonly saved: number;
  readonly accuracy: { readonly all: number; readonly adaptive: number };
  readonly lost: { readonly mean: number; readonly worst: number };
  readonly rounds: number;
}

export function registerAdaptive(crowd: Command): void {
  const command = withTableFormat(
    withMethod(
      crowd
        .command('adaptive')
        .description('how many votes are saved, and what is lost, when images whose label is certain get no more')
        .option('--crowds <n>', 'simulated crowds', wholeNumber(1), 20)
        .option('--tasks <n>', 'images of a crowd', wholeNumber(1), 1000)
        .option('--workers <n>', 'annotators of a crowd', wholeNumber(1), 50)
        .addOption(
          new Option('--votes-per-task <n>', 'votes of an image at most; several with commas between them')
            .argParser((text: string) => text.split(',').map(wholeNumber(1)))
            .default([10], '10'),
        )
        .option('--mix <weights>', 'share of each kind of annotator, as in mien crowd simulate', parseMix)
        .addOption(
          new Option('--certainty <p>', 'probability from which a label is certain; several with commas between them')
            .argParser((text: string) => text.split(',').map(numberWithin({ from: 0.5, to: 1 }, 'a probability')))
            .default([0.999], '0.999'),
        )
        .option('--least <n>', 'votes of an image in any case', wholeNumber(1), 3)
        .option('--batch <n>', 'votes of an image between two inferences', wholeNumber(1), 1)
        .option('--seed <n>', 'of the first crowd', wholeNumber(0), 1),
      'auto',
    ),
  ).addHelpText('after', NOTES);
  planNoOutput(command);
  command.action(async (options: AdaptiveOptions) => {
    checkMethod(command, options);
    const { crowds, tasks, workers, least, batch, method } = options;
    const rows = await namingFlags(() => measure(options));
    await printTable(tableOf(rows, options), { crowds, tasks, workers, least, batch, method, rows }, options);
  });
}

function measure(options: AdaptiveOptions): Row[] {
  const { crowds, tasks, workers, votesPerTask, mix, least, batch, seed } = options;
  const settings = votesPerTask.flatMap((n) => options.certainty.map((p) => ({ votesPerTask: n, certainty: p })));
  const bar = new Progress('adaptive', settings.length * crowds);
  const rows = settings.map((setting, i): Row => {
    const replays = Array.from({ length: crowds }, (_, c) => {
      const { votes, truth } = simulateVotes({
        tasks,
        workers,
        votesPerTask: setting.votesPerTask,
        seed: seed + c,
        ...(mix ? { mix } : {}),
      });
      const infer = (some: typeof votes) => runMethod(some, options).inference;
      const replay = replayAdaptive(votes, truth, infer, {
        certainty: setting.certainty,
        least,
        batch,
        seed: seed + c,
      });
      bar.update(i * crowds + c + 1);
      return replay;
    });
    return { ...setting, ...summaryOf(replays) };
  });
  bar.finish();
  return rows;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function summaryOf(replays: readonly Replay[]): Omit<Row, 'votesPerTask' | 'certainty'> {
  const lost = replays.map(({ accuracy: { all, adaptive } }) => all - adaptive);
  return {
    saved: mean(replays.map(({ votes: { all, adaptive } }) => 1 - adaptive / all)),
    accuracy: {
      all: mean(replays.map(({ accuracy }) => accuracy.all)),
      adaptive: mean(replays.map(({ accuracy }) => accuracy.adaptive)),
    },
    lost: { mean: mean(lost), worst: Math.max(...lost) },
    rounds: mean(replays.map(({ rounds }) => rounds)),
  };
}

function tableOf(rows: readonly Row[], { crowds, tasks, workers, least, method }: AdaptiveOptions): Table {
  return {
    caption: `${crowds} simulated crowds of ${tasks} images and ${workers} annotators, at least ${least} votes an image, method ${method}; in %`,
    columns: ['votes', 'certainty', 'votes saved', 'accuracy, all votes', 'adaptive', 'lost', 'lost at worst'],
    named: 2,
    rows: rows.map(({ votesPerTask, certainty: p, saved, accuracy, lost }) => [
      String(votesPerTask),
      String(p),
      (100 * saved).toFixed(1),
      ...[accuracy.all, accuracy.adaptive, lost.mean, lost.worst].map(percentCell),
    ]),
  };
}
