/** What the labels of a project say that its images show. */
import {
  createVotes,
  METHOD_NAMES,
  methodTakes,
  nameExpressions,
  partition,
  weightedVotes,
  workerWeights,
  type ExpressionVotes,
  type Inference,
  type MethodName,
  type TaskSubset,
  type Votes,
} from 'mienjs/crowd';
import type { ChoiceQuestion } from '../../contract/index.ts';
import { Fault } from '../../http/fault.ts';
import type { Collected } from '../collected.ts';
import { classesOf } from '../votes.ts';
import { chosenOf } from './questions.ts';
import { decisiveAnswers } from './votes.ts';

export interface Truth {
  /** Over expressions; tasks are images that have a label. */
  readonly votes: ExpressionVotes;
  /** [T,K] weighted votes */
  readonly weighted: Float64Array;
  /** [T] */
  readonly subsets: readonly TaskSubset[];
}

export type Infer = (votes: Votes, method: MethodName | 'auto') => Promise<Inference>;

/**
 * @param question for one of several expressions   @param method without, the votes choose
 * @param infer inference takes seconds where there are a million labels
 * @throws {Fault} 400 for a method that there is not, or that cannot take such votes; 409 where nothing is labelled
 */
export async function truthOf(
  collected: Collected,
  question: ChoiceQuestion,
  method: string | undefined,
  infer: Infer,
): Promise<Truth> {
  const name = methodNamed(method);
  const classes = new Set(classesOf(question));
  const { tasks, members } = collected;
  const rows = decisiveAnswers(collected, question).flatMap(({ task, member, answer }) => {
    const [label] = chosenOf(answer[question.key]);
    return label === undefined || !classes.has(label)
      ? []
      : [{ task: tasks[task]!.name, worker: members[member]!, label }];
  });
  if (rows.length === 0) throw new Fault(409, `question ${question.key}: no image is labelled yet`);
  const votes = nameExpressions(createVotes(rows), question.key);
  if (name !== 'auto' && !methodTakes(name, votes))
    throw new Fault(400, `method: ${name} does not take ${votes.workers.length} annotators`);
  const weighted = weightedVotes(votes, workerWeights(votes, await infer(votes, name)).weights);
  return { votes, weighted, subsets: partition(weighted, votes.classes) };
}

function methodNamed(method: string | undefined): MethodName | 'auto' {
  if (method === undefined || method === 'auto') return 'auto';
  const found = METHOD_NAMES.find((name) => name === method);
  if (found === undefined)
    throw new Fault(400, `method: expected auto or one of ${METHOD_NAMES.join(', ')}, got "${method}"`);
  return found;
}
