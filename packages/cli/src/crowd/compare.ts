/** `mien crowd compare`: every method on the same votes. */
import type { Command } from 'commander';
import { METHOD_NAMES, methodTakes, type MethodName } from 'mienjs/crowd';
import { scoreAgainst } from 'mienjs/crowd/node';
import { percentCell } from 'mienjs/report';
import { log, print, printJson, Progress } from '../output.ts';
import { METHOD_NOTES, runMethod } from './method.ts';
import {
  counted,
  loadTruth,
  loadVotes,
  sizesOf,
  VOTES_NOTES,
  warnOfLabels,
  withTruth,
  withVotes,
  type VotesInputOptions,
} from './votes-input.ts';
import { planNoOutput } from '../outputs/guard.ts';

type CompareOptions = VotesInputOptions & { readonly truth?: string; readonly json?: true };

const NOTES = `${VOTES_NOTES}
${METHOD_NOTES}

--json: { "tasks", "workers", "votes", "classes", "methods": { METHOD: { "accuracy" (null without truth), "n" (tasks with
truth), "logLikelihood", "penalisedLogLikelihood", "iterations", "converged", "seconds", "sameLabels": { METHOD: share of
tasks } } } }; ds and hds are left out where their confusion matrices would be too many. Likelihoods compare within a method only: each has a model of its own.`;

interface Row {
  readonly accuracy: number;
  readonly n: number;
  readonly logLikelihood: number;
  readonly penalisedLogLikelihood: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly seconds: number;
  readonly sameLabels: Readonly<Record<string, number>>;
}

export function registerCompare(crowd: Command): void {
  planNoOutput(
    withTruth(
      withVotes(
        crowd
          .command('compare')
          .description('every method on the same votes, with their accuracy where the truth is known'),
      ),
    )
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES)
      .action(async (file: string, options: CompareOptions) => {
        const votes = await loadVotes(file, options);
        warnOfLabels(file, votes);
        const truth = options.truth === undefined ? undefined : await loadTruth(options.truth, votes, options);
        const methods: readonly MethodName[] = votes.anonymous
          ? ['mv' as const]
          : METHOD_NAMES.filter((method) => methodTakes(method, votes));
        const left = METHOD_NAMES.filter((method) => !methods.includes(method));
        if (votes.anonymous) log(`${file}: majority vote alone, as the table does not say whose the votes are`);
        else if (left.length > 0)
          log(
            `${file}: ${left.join(' and ')} are left out, as the confusion matrices of ${votes.workers.length} workers and ${votes.classes.length} classes are too many`,
          );
        const bar = new Progress('compare', methods.length);
        const runs = methods.map((method, i) => {
          bar.update(i, method);
          return { method, ...runMethod(votes, { method }) };
        });
        bar.finish();
        const rows = runs.map(({ method, inference, seconds }): [MethodName, Row] => {
          const { accuracy, n } = truth
            ? scoreAgainst(truth, inference, votes.classes.length)
            : { accuracy: NaN, n: 0 };
          const {
            logLikelihood,
            penalizedLogLikelihood: penalisedLogLikelihood,
            iterations,
            converged,
            labels,
          } = inference;
          const same = (other: Int32Array): number =>
            labels.reduce((sum, label, t) => sum + Number(label === other[t]), 0) / labels.length;
          const sameLabels = Object.fromEntries(runs.map((other) => [other.method, same(other.inference.labels)]));
          return [
            method,
            { accuracy, n, logLikelihood, penalisedLogLikelihood, iterations, converged, seconds, sameLabels },
          ];
        });
        if (options.json) {
          await printJson({
            tasks: votes.tasks.length,
            workers: votes.workers.length,
            votes: votes.task.length,
            classes: votes.classes,
            methods: Object.fromEntries(rows),
          });
        } else {
          await print(`${file}: ${sizesOf(votes)}, ${counted(votes.classes.length, 'class')}\n${describe(rows)}`);
        }
      }),
  );
}

function describe(rows: readonly (readonly [MethodName, Row])[]): string {
  const n = rows[0]![1].n;
  const table = [
    ['method', 'accuracy', 'rounds', 'seconds', ...rows.map(([method]) => `= ${method}`)],
    ...rows.map(([method, row]) => [
      method,
      percentCell(row.accuracy),
      `${row.iterations}${row.converged ? '' : '+'}`,
      row.seconds.toFixed(2),
      ...Object.values(row.sameLabels).map((share) => percentCell(share)),
    ]),
  ];
  const lines = table.map((cells) => cells.map((cell, c) => (c === 0 ? cell.padEnd(10) : cell.padStart(12))).join(''));
  const legend = [
    n > 0 ? `accuracy in % of the ${counted(n, 'task')} with truth` : 'no accuracy, as no task has a truth',
    '"= m": tasks in % to which method m gives the same label',
    ...(rows.some(([, { converged }]) => !converged) ? ['+: had not converged'] : []),
  ];
  return `${[...lines, `${legend.join('; ')}`].join('\n')}\n`;
}
