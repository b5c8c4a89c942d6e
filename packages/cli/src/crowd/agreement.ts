/** `mien crowd agreement`: how far workers agree. */
import type { Command } from 'commander';
import { agreement, type Agreement, type Estimate, type ScaleReliability } from 'mienjs/crowd';
import { numberWithin, wholeNumber } from '../options.ts';
import { print, printJson } from '../output.ts';
import { counted, loadVotes, VOTES_NOTES, warnOfLabels, withVotes, type VotesInputOptions } from './votes-input.ts';
import { planNoOutput } from '../outputs/guard.ts';

interface AgreementOptions extends VotesInputOptions {
  readonly resamples: number;
  readonly level: number;
  readonly seed: number;
  readonly json?: true;
}

const NOTES = `${VOTES_NOTES}

Intervals are percentiles of resamples of the tasks. Cronbach's α and ICC(1,k) are for the votes of k workers put together,
k being the votes a task has on average; of each class they take the votes as 1 (this class) and 0 (another).

--json: { "tasks", "workers", "votes", "classes", "votesPerTask", "fleissKappa", "krippendorffAlpha", "cronbachAlpha",
"icc1k": { "k", "overall", "perClass": { CLASS: … } }, "pairwiseKappa": { "mean" (weighted by the tasks that pairs share),
"quartiles", "pairs", "undefinedPairs", "cap" (votes of a task that are paired; null: all) } }; each statistic is { "value", "low", "high", "reason" (where undefined) }.
What is undefined is null.`;

export function registerAgreement(crowd: Command): void {
  planNoOutput(
    withVotes(
      crowd
        .command('agreement')
        .description("Fleiss' and Cohen's κ, Krippendorff's and Cronbach's α, ICC(1,k), with intervals"),
    )
      .option('--resamples <n>', 'for the intervals', wholeNumber(1), 1000)
      .option(
        '--level <share>',
        'of the resamples that an interval holds',
        numberWithin({ above: 0, below: 1 }, 'a share'),
        0.95,
      )
      .option('--seed <n>', 'of the resamples', wholeNumber(0), 1)
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES)
      .action(async (file: string, { json, resamples, level, seed, ...input }: AgreementOptions) => {
        const votes = await loadVotes(file, input);
        warnOfLabels(file, votes);
        const result = agreement(votes, { resamples, level, seed });
        if (json) await printJson(result);
        else await print(describe(file, result, level));
      }),
  );
}

function describe(file: string, a: Agreement, level: number): string {
  const { least, mean, most } = a.votesPerTask;
  const pairs = a.pairwiseKappa;
  const rows: [string, Estimate][] = [
    ["Fleiss' κ", a.fleissKappa],
    ["Krippendorff's α, nominal", a.krippendorffAlpha],
    [`Cohen's κ, mean of ${counted(pairs.pairs, 'pair')}`, pairs.mean],
    ...ofScale("Cronbach's α", a.cronbachAlpha),
    ...ofScale('ICC(1,k)', a.icc1k),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = [
    `${file}: ${counted(a.votes, 'vote')}, ${counted(a.tasks, 'task')}, ${counted(a.workers, 'worker')}; votes per task ${least} to ${most}, mean ${mean.toFixed(2)}`,
    `${' '.repeat(width)}   value   ${100 * level} % interval`,
    ...rows.map(([name, { value, low, high, reason }]) =>
      `${name.padEnd(width)}${number(value)}   ${Number.isNaN(low) ? '' : `${number(low)} to ${number(high)}`}${reason === undefined ? '' : `  ${reason}`}`.trimEnd(),
    ),
  ];
  if (pairs.pairs > 1)
    lines.push(
      `Cohen's κ of the pairs: median ${pairs.quartiles[1].toFixed(3)}, quartiles ${pairs.quartiles[0].toFixed(3)} and ${pairs.quartiles[2].toFixed(3)}`,
    );
  if (pairs.cap !== null)
    lines.push(
      `for Cohen's κ, of tasks with more than ${pairs.cap} votes, ${pairs.cap} drawn at random were paired: all pairs would be too many`,
    );
  if (pairs.undefinedPairs > 0)
    lines.push(
      `${counted(pairs.undefinedPairs, 'pair')} of workers ${pairs.undefinedPairs === 1 ? 'has' : 'have'} no κ, as both gave one and the same label to all tasks that they share`,
    );
  return `${lines.join('\n')}\n`;
}

function ofScale(name: string, { k, overall, perClass }: ScaleReliability): [string, Estimate][] {
  return [
    [`${name}, k = ${Number.isNaN(k) ? '–' : Number(k.toFixed(2))}`, overall],
    ...Object.entries(perClass).map(([label, e]): [string, Estimate] => [`  ${label}`, e]),
  ];
}

/** A dash where undefined; never −0. */
const number = (value: number): string =>
  (Number.isNaN(value) ? '–' : value.toFixed(4).replace(/^-(0\.0+)$/, '$1')).padStart(8);
