/**
 * Which method the votes themselves ask for: the simplest model of the workers that predicts held-out votes as well as
 * any.
 *
 * From simple to rich: majority vote (workers are alike), hierarchical Dawid–Skene with even errors, and with errors
 * that the crowd shares. A richer one is taken when it tells more of held-out votes, by more than one standard error.
 * Where workers cast votes enough for confusion matrices of their own, the choice is between majority vote and
 * Dawid–Skene as it is. docs/adr/0011 has the figures.
 */
import { dawidSkene } from './dawid-skene.ts';
import type { Candidate, MethodChoice } from './base.ts';
import { methodFits, type MethodDefinition } from './definition.ts';
import {
  gainInErrors,
  learnDawidSkene,
  learnOneAccuracy,
  learnWorkers,
  scoreHeldOut,
  type HeldOutScore,
  type Learner,
} from './held-out.ts';
import { hierarchical } from './hierarchical.ts';
import { majorityVote } from './majority-vote.ts';
import type { Votes } from '../votes.ts';
import type { VoteIndex } from './vote-index.ts';

interface Model {
  readonly definition: Pick<MethodDefinition, 'hasConfusion'> & {
    readonly name: Candidate['method'];
    readonly title: string;
  };
  readonly settings: Candidate['settings'];
  readonly learn: Learner;
  /** What sets it apart, in words. */
  readonly assumes: string;
}

const MAJORITY: Model = { definition: majorityVote, settings: {}, learn: learnOneAccuracy, assumes: 'workers alike' };
const FOR_FEW_VOTES: readonly Model[] = [
  MAJORITY,
  {
    definition: hierarchical,
    settings: { errors: 'even' },
    learn: learnWorkers('even'),
    assumes: 'workers that differ, with even errors',
  },
  {
    definition: hierarchical,
    settings: { errors: 'shared' },
    learn: learnWorkers('shared'),
    assumes: 'workers that differ, with errors they share',
  },
];
const FOR_MANY_VOTES: readonly Model[] = [
  MAJORITY,
  {
    definition: dawidSkene,
    settings: {},
    learn: learnDawidSkene,
    assumes: 'workers that differ, each with errors of their own',
  },
];

/** Votes on a class, of a worker on average, from which a confusion matrix needs nobody else's example. */
const MANY_VOTES_A_CLASS = 15;
/** Tasks with two votes or more, below which a standard error over tasks means little. */
const MIN_TASKS = 30;
/** Standard errors by which a richer model must predict better. */
const CLEARLY = 1;
/** Share of tasks from which a class counts in what follows; share of its tasks that a model leaves it. */
const COMMON_CLASS = 0.05;
const LEAST_KEPT = 0.3;

/**
 * A class that is rare, and one that is mostly taken for another, leave nearly the same votes. A model that gives a class hardly any of the
 * tasks that majority vote gives it has taken the second for the first, or may have: it is not believed.
 */
const losesClass = ({ classes }: HeldOutScore, { classes: byMajority }: HeldOutScore): boolean => {
  const tasks = byMajority.reduce((sum, n) => sum + n, 0);
  return byMajority.some((n, k) => n >= COMMON_CLASS * tasks && classes[k]! < LEAST_KEPT * n);
};

/** @param index of the votes */
export function chooseMethod(votes: Pick<Votes, 'anonymous'>, index: VoteIndex): MethodChoice {
  const { N, T, W, K, taskStart } = index;
  const settle = (reason: string): MethodChoice => ({
    method: 'mv',
    settings: {},
    reason,
    candidates: [],
    votesHeldOut: 0,
  });
  if (votes.anonymous) return settle('Majority vote: the votes do not say whose they are.');
  if (K < 2) return settle('Majority vote: there is one class only.');
  if (W < 2) return settle('Majority vote: there is one worker only.');
  const shared = Array.from({ length: T }, (_, t) => taskStart[t + 1]! - taskStart[t]!).filter(
    (votes) => votes >= 2,
  ).length;
  if (shared === 0) return settle('Majority vote: no task has two votes, so nothing tells workers apart.');
  if (shared < MIN_TASKS)
    return settle(
      `Majority vote: of tasks with two votes or more there ${shared === 1 ? 'is' : 'are'} ${shared}, too few to compare models by (${MIN_TASKS}).`,
    );
  const models = (N >= MANY_VOTES_A_CLASS * W * K ? FOR_MANY_VOTES : FOR_FEW_VOTES).filter(({ definition }) =>
    methodFits(definition, W, K),
  );
  if (models.length < 2)
    return settle(`Majority vote: confusion matrices of ${W} workers and ${K} classes would be too many.`);

  const scores = scoreHeldOut(
    index,
    models.map(({ learn }) => learn),
  );
  let best = 0;
  const disbelieved: Model[] = [];
  for (let i = 1; i < models.length; i++) {
    if (gainInErrors(scores[i]!, scores[best]!) <= CLEARLY) continue;
    if (losesClass(scores[i]!, scores[0]!)) disbelieved.push(models[i]!);
    else best = i;
  }
  const { definition, settings } = models[best]!;
  const votesHeldOut = scores[0]!.votes;
  return {
    method: definition.name,
    settings,
    votesHeldOut,
    reason: reasonOf(
      models,
      scores.map(({ mean }) => mean),
      best,
      votesHeldOut,
      disbelieved,
    ),
    candidates: models.map((model, i) => ({
      method: model.definition.name,
      settings: model.settings,
      heldOutInformation: scores[i]!.mean,
    })),
  };
}

function reasonOf(
  models: readonly Model[],
  means: readonly number[],
  best: number,
  votes: number,
  disbelieved: readonly Model[],
): string {
  const {
    definition: { title },
    assumes,
  } = models[best]!;
  const others = models.flatMap((other, i) => (i === best ? [] : [`${means[i]!.toFixed(3)} with ${other.assumes}`]));
  const lost =
    disbelieved.length === 0
      ? ''
      : ` ${disbelieved.map(({ assumes: other }) => `That of ${other}`).join(' and ')} is not believed: it leaves a class hardly any of the tasks that majority vote gives it.`;
  const claim =
    best === 0
      ? disbelieved.length > 0
        ? 'no other model predicts held-out votes clearly better and keeps all classes'
        : 'no model in which workers differ predicts held-out votes clearly better'
      : `the model of ${assumes} predicts held-out votes best${disbelieved.length > 0 ? ' of those that keep all classes' : ''}`;
  return `${title[0]!.toUpperCase()}${title.slice(1)}: ${claim} (information on a vote ${means[best]!.toFixed(3)} nats, against ${others.join(' and ')}; ${votes} votes).${lost}`;
}
