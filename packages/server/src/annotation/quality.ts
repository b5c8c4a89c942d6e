/**
 * The figures of a project: how far annotators agree, what images seem to show, how reliable each annotator is. All is
 * made from the answers at once, beside the server's work.
 */
import {
  agreement,
  infer,
  nameExpressions,
  partition,
  SUBSETS,
  validClasses,
  weightedVotes,
  workerReports,
  workerWeights,
  type Inference,
  type Votes,
} from 'mienjs/crowd';
import { expressionOfLabel } from 'mienjs/labels';
import type { ChoiceQuestion, Member, Quality } from '../contract/index.ts';
import { isRight } from './answers.ts';
import { coders, optionVotes, votesOf } from './votes.ts';
import type { Collected } from './collected.ts';
import { flagsOf, medianOf } from './flags.ts';
import { poseFigures, type PoseOf } from './pose.ts';

export type MemberFigures = Pick<Member, 'reliability' | 'kappa' | 'flags'>;

export interface Figures extends Pick<Quality, 'questions' | 'pose'> {
  /** Labels of the last hour before the last one. */
  readonly perHour: number;
  /** By pseudonym. */
  readonly members: Readonly<Record<string, MemberFigures>>;
}

/** What inference says of the question whose labels the project is about: its first one of choice with one answer. */
export interface Inferred {
  readonly votes: Votes;
  readonly inference: Inference;
}

/** Resamples of an interval: enough for two digits. */
const RESAMPLES = 200;

/** @param poseOf of five points; @returns the figures, and what overlap is adapted by */
export function figuresOf(collected: Collected, poseOf: PoseOf): { figures: Figures; inferred: Inferred | undefined } {
  const { questions } = collected.settings;
  let inferred: Inferred | undefined;
  const figures: Quality['questions'] = [];
  for (const question of questions) {
    if (question.kind !== 'choice') continue;
    if (question.multiple === true) {
      figures.push(severalOf(collected, question));
      continue;
    }
    const votes = votesOf(collected, question);
    if (!votes) continue;
    const inference = infer(votes);
    inferred ??= { votes, inference };
    figures.push(oneOf(question, votes, inference));
  }
  return {
    figures: {
      questions: figures,
      perHour: lastHour(collected),
      pose: poseFigures(collected, poseOf),
      members: memberFigures(collected, inferred),
    },
    inferred,
  };
}

function lastHour(collected: Collected): number {
  const times = [...coders(collected)].map(({ atMs }) => atMs);
  const since = times.reduce((last, at) => Math.max(last, at), 0) - 3_600_000;
  return times.filter((at) => at > since).length;
}

function oneOf(question: ChoiceQuestion, votes: Votes, inference: Inference): Quality['questions'][number] {
  const { fleissKappa, krippendorffAlpha, cronbachAlpha } = agreement(votes, { resamples: RESAMPLES });
  const given = new Array<number>(votes.classes.length).fill(0);
  for (const k of votes.label) given[k]!++;
  const images = new Array<number>(votes.classes.length).fill(0);
  for (const k of inference.labels) images[k]!++;
  return {
    key: question.key,
    method: inference.method,
    why: inference.choice?.reason ?? null,
    agreement: {
      "Fleiss' κ": intervalOf(fleissKappa),
      "Krippendorff's α": intervalOf(krippendorffAlpha),
      "Cronbach's α": intervalOf(cronbachAlpha.overall),
    },
    classes: votes.classes.map((value, k) => ({ value, votes: given[k]!, images: images[k]! })),
    ...subsetsOf(votes, inference),
    kappaByOption: {},
  };
}

/** By Li & Deng's (2019) mean rule where the classes are expressions; other classes have no names of pairs. */
function subsetsOf(votes: Votes, inference: Inference): Pick<Quality['questions'][number], 'subsets' | 'pairs'> {
  const named = votes.classes.every((name) => expressionOfLabel(name, {}) !== undefined)
    ? nameExpressions(votes, 'votes')
    : undefined;
  const basis = named ?? votes;
  const weighted = weightedVotes(basis, workerWeights(basis, inference).weights);
  const pairs = new Map<string, { values: string[]; images: number }>();
  const subsets: Record<string, number> = {};
  const count = (kind: string): void => {
    subsets[kind] = (subsets[kind] ?? 0) + 1;
  };
  const pair = (values: readonly string[]): void => {
    const found = pairs.get(values.join(' '));
    if (found) found.images++;
    else pairs.set(values.join(' '), { values: [...values], images: 1 });
  };
  if (named) {
    for (const kind of SUBSETS) subsets[kind] = 0;
    for (const { kind, valid } of partition(weighted, named.classes)) {
      count(kind);
      if (valid.length === 2) pair(valid);
    }
  } else {
    const K = votes.classes.length;
    for (let j = 0; j < votes.tasks.length; j++) {
      const valid = validClasses(weighted.subarray(j * K, (j + 1) * K), votes.classes);
      count(['tie', 'single', 'two'][valid.length] ?? 'three-or-more');
      if (valid.length === 2) pair(valid);
    }
  }
  return { subsets, pairs: [...pairs.values()].sort((a, b) => b.images - a.images) };
}

function severalOf(collected: Collected, question: ChoiceQuestion): Quality['questions'][number] {
  const classes: Quality['questions'][number]['classes'] = [];
  const kappaByOption: Quality['questions'][number]['kappaByOption'] = {};
  const settled = arbitrated(collected, question.key);
  for (const { value } of question.options) {
    const votes = optionVotes(collected, question, value);
    if (!votes) continue;
    const counts = new Map<number, [no: number, yes: number]>();
    let chosen = 0;
    votes.task.forEach((t, v) => {
      const task = Number(votes.tasks[t]);
      const count = counts.get(task) ?? [0, 0];
      count[votes.label[v] as 0 | 1]++;
      counts.set(task, count);
      chosen += votes.label[v]!;
    });
    let images = 0;
    for (const [task, [no, yes]] of counts) {
      const decided = settled.get(task);
      if (decided ? decided.includes(value) : yes > no) images++;
    }
    classes.push({ value, votes: chosen, images });
    kappaByOption[value] = intervalOf(agreement(votes, { resamples: RESAMPLES }).pairwiseKappa.mean);
  }
  return { key: question.key, method: 'mv', why: null, agreement: {}, classes, subsets: {}, pairs: [], kappaByOption };
}

/** What arbiters decided, by index of the task. */
function arbitrated({ answers }: Collected, key: string): Map<number, readonly string[]> {
  const decided = new Map<number, readonly string[]>();
  for (const { task, answer, isArbitration } of answers) {
    const value = answer[key];
    if (isArbitration && Array.isArray(value)) decided.set(task, value as string[]);
  }
  return decided;
}

function memberFigures(collected: Collected, inferred: Inferred | undefined): Record<string, MemberFigures> {
  const { members, tasks, answers, settings } = collected;
  const key = settings.questions.find((question) => question.kind === 'choice' && question.multiple !== true)?.key;
  const of = members.map(() => ({
    times: [] as number[],
    options: new Map<string, number>(),
    gold: { right: 0, seen: 0 },
  }));
  const all = { times: [] as number[], options: new Map<string, number>() };
  const note = (options: Map<string, number>, option: string): void => {
    options.set(option, (options.get(option) ?? 0) + 1);
  };
  for (const { task, member, answer } of answers) {
    const { role, gold, ...size } = tasks[task]!;
    if (role !== 'gold' || !gold) continue;
    const own = of[member]!.gold;
    own.seen++;
    if (isRight(settings.questions, gold, answer, size)) own.right++;
  }
  for (const { member, answer, activeMs } of coders(collected)) {
    const own = of[member]!;
    own.times.push(activeMs);
    all.times.push(activeMs);
    const option = key === undefined ? undefined : answer[key];
    if (typeof option !== 'string') continue;
    note(own.options, option);
    note(all.options, option);
  }
  const reports = new Map(
    inferred ? workerReports(inferred.votes, inferred.inference).map((report) => [report.worker, report]) : [],
  );
  const whole = { medianMs: medianOf(all.times), options: all.options };
  return Object.fromEntries(
    members.map((pseudonym, m) => {
      const own = of[m]!;
      const report = reports.get(pseudonym);
      return [
        pseudonym,
        {
          reliability: finite(report?.reliability),
          kappa: finite(report?.kappa),
          flags: flagsOf({ ...own, worker: report?.flag ?? null }, whole),
        },
      ];
    }),
  );
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;

function intervalOf({ value, low, high }: { value: number; low: number; high: number }) {
  return Number.isFinite(value)
    ? { value, low: Number.isFinite(low) ? low : value, high: Number.isFinite(high) ? high : value }
    : null;
}
