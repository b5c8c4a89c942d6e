/** `mien crowd infer`: labels of tasks and reliability of workers. */
import type { Command } from 'commander';
import {
  FLAG_RULE,
  renderCrowdReport,
  warnAboutInference,
  workerReports,
  type CrowdWarning,
  type Inference,
  type Votes,
  type WorkerReport,
} from 'mienjs/crowd';
import { scoreAgainst, type TruthScore } from 'mienjs/crowd/node';
import { writeLines } from 'mienjs/files';
import { print, printJsonInPieces } from '../output.ts';
import { csvLines, inferDocument, jsonLines, workerLines } from './infer-output.ts';
import { checkMethod, checkSize, METHOD_NOTES, methodFor, runMethod, withMethod, type MethodChoice } from './method.ts';
import {
  counted,
  listSome,
  loadTruth,
  loadVotes,
  namingFlags,
  sizesOf,
  VOTES_NOTES,
  warningsOf,
  withTruth,
  withVotes,
  type VotesInputOptions,
} from './votes-input.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { labelsKind, workersKind } from '../outputs/kinds.ts';
import { reportPage, writeReportPage } from '../outputs/report-page.ts';

type InferOptions = VotesInputOptions &
  MethodChoice & {
    readonly truth?: string;
    readonly out?: string;
    readonly workers?: string;
    readonly report?: string;
    readonly json?: true;
  };

const NOTES = `${VOTES_NOTES}
${METHOD_NOTES}

Without --method the votes choose it: majority vote, unless a model in which workers differ predicts votes that were held out
clearly better. That is hierarchical Dawid-Skene, with errors that fall evenly or as the crowd shares them; or, from 15 votes a
worker and class on, Dawid-Skene itself. Which one and why is said in the text, the report and --json.

--out: task, label, confidence, the probability of each class, and for glad and raf the difficulty 1/β; CSV, or JSONL where the
file ends with .jsonl.

--json: { "method", "choice": null (with --method) or { "method", "settings", "reason", "candidates": [{ "method", "settings",
"heldOutInformation": nats a vote }], "votesHeldOut" }, "classes", "tasks": { TASK: { "label", "distribution": { CLASS: p }, "difficulty" (glad, raf) } },
"workers": { WORKER: { "reliability", "votes", "compared", "accuracy", "kappa", "medianSeconds", "flag", "parameters": ds
and hds { "confusion": a row for each class }, one-coin { "accuracy" }, glad and raf { "alpha" }, mace { "competence", "spam" } } },
"logLikelihood", "penalisedLogLikelihood", "iterations", "converged", "seconds", "ties" (tasks, of which the class with most
votes is given, then the first), "excluded" (raf: workers below --exclude-below), "warnings", "truth": null or { "n",
"accuracy", "confusion", "withoutVotes" } }. What is undefined is null.

${wrap(FLAG_RULE, 120)}`;

/** Breaks a text into lines of at most `width` characters. */
function wrap(text: string, width: number): string {
  return text.replace(new RegExp(`(.{1,${width}})( |$)`, 'g'), '$1\n').trimEnd();
}

export function registerInfer(crowd: Command): void {
  const command = withTruth(
    withMethod(
      withVotes(crowd.command('infer').description('labels of tasks and reliability of workers, from votes')),
      'auto',
    ),
  )
    .option('--out <file>', 'write the label and distribution of each task')
    .option(
      '--workers <file>',
      'write the report of each worker as JSONL, with the confusion of votes against inferred labels',
    )
    .option('--report <folder>', 'write a page with tables and plots, report.html, into the folder')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<InferOptions>(command, ({ truth, out, workers, report, json }, [file]) => ({
    inputs: [file, truth],
    outputs: [
      ...outputFile('--out', out, labelsKind),
      ...outputFile('--workers', workers, workersKind),
      ...reportPage(report),
      ...jsonOutput(json),
    ],
  }));
  command.action(async (file: string, given: InferOptions) => {
    checkMethod(command, given);
    const votes = await loadVotes(file, given);
    const options = { ...given, method: methodFor(command, file, votes, given.method) };
    const truth = options.truth === undefined ? undefined : await loadTruth(options.truth, votes, options);
    checkSize(file, votes, options.method);
    const { inference, seconds } = await namingFlags(() => runMethod(votes, options));
    const score = truth && scoreAgainst(truth, inference, votes.classes.length);
    const warnings = [...warningsOf(votes), ...warnAboutInference(votes, inference)];
    const workers = votes.anonymous ? [] : workerReports(votes, inference);
    if (options.out !== undefined)
      await writeLines(
        options.out,
        options.out.endsWith('.jsonl') ? jsonLines(votes, inference) : csvLines(votes, inference),
      );
    if (options.workers !== undefined) await writeLines(options.workers, workerLines(votes, inference, workers));
    if (options.report !== undefined)
      await writeReportPage(
        options.report,
        renderCrowdReport({ source: file, votes, inference, workers, warnings, ...(score ? { truth: score } : {}) }),
      );
    if (options.json)
      await printJsonInPieces(
        inferDocument(
          votes,
          inference,
          seconds,
          workers,
          warnings,
          score && { ...score, withoutVotes: truth!.withoutVotes },
        ),
      );
    else await print(describe(file, votes, inference, seconds, workers, warnings, score));
  });
}

function describe(
  file: string,
  votes: Votes,
  inference: Inference,
  seconds: number,
  workers: readonly WorkerReport[],
  warnings: readonly CrowdWarning[],
  score: TruthScore | undefined,
): string {
  const { classes } = votes;
  const counts = classes.map((_, k) => inference.labels.reduce((sum, label) => sum + Number(label === k), 0));
  const width = Math.max(8, ...classes.map((name) => name.length)) + 2;
  const flagged = workers.filter(({ flag }) => flag !== null);
  const byReliability = [...workers].sort((a, b) => a.reliability - b.reliability);
  const extremes =
    byReliability.length <= 6 ? byReliability : [...byReliability.slice(0, 3), ...byReliability.slice(-3)];
  const lines = [
    `${file}: ${sizesOf(votes)}, ${counted(classes.length, 'class')}`,
    `${inference.method}: ${counted(inference.iterations, 'round')} in ${seconds.toFixed(2)} s, log-likelihood ${inference.logLikelihood.toFixed(2)}, penalised ${inference.penalizedLogLikelihood.toFixed(2)}`,
    ...(inference.choice ? [`chosen by the votes: ${inference.choice.reason}`] : []),
    '',
    `${'class'.padEnd(width)}${'tasks'.padStart(10)}`,
    ...classes.map((name, k) => `${name.padEnd(width)}${String(counts[k]).padStart(10)}`),
    ...(votes.anonymous
      ? []
      : [
          '',
          `${extremes.length < workers.length ? 'least and most reliable workers' : 'workers'}: ${extremes.map(({ worker, reliability }) => `${worker} ${reliability.toFixed(3)}`).join(', ')}`,
        ]),
  ];
  if (inference.ties.length > 0)
    lines.push(
      `tied, so that the class with most votes is given, then the first: ${listSome(
        Array.from(inference.ties, (t) => votes.tasks[t]!),
        'task',
      )}`,
    );
  if (inference.method === 'raf' && inference.excluded.length > 0)
    lines.push(
      `below the threshold of reliability: ${listSome(
        Array.from(inference.excluded, (w) => votes.workers[w]!),
        'worker',
      )}`,
    );
  for (const kind of ['spammer', 'adversary'] as const) {
    const names = flagged.filter(({ flag }) => flag === kind).map(({ worker }) => worker);
    if (names.length > 0) lines.push(`flagged as ${kind}: ${listSome(names, 'worker')}`);
  }
  if (score)
    lines.push(
      score.n > 0
        ? `accuracy ${(100 * score.accuracy).toFixed(2)} % of ${counted(score.n, 'task')} with truth`
        : 'accuracy: none of the tasks has a truth',
    );
  lines.push(...warnings.map(({ message }) => `warning: ${message}`));
  return `${lines.join('\n')}\n`;
}
