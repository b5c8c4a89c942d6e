/** One model under a protocol: the test parts of all folds, none of which it is trained on here. */
import { formatOf } from '../data/index.ts';
import { FramingCounter, recordDataset, RecordImages, type RecordImagesOptions } from '../data/node.ts';
import type { Database } from '../data/databases/index.ts';
import {
  foldsOf,
  protocolClasses,
  unknownPeople,
  type LeftOut,
  type Protocol,
  selectRecords,
} from '../data/protocols/index.ts';
import type { LogitsModel } from '../evaluate/model.ts';
import { reportProtocol, type FoldOutcome, type ProtocolReport } from './figures.ts';
import { headFor, scoreFold } from './score-fold.ts';

export interface EvaluateProtocolOptions {
  readonly images?: RecordImagesOptions;
  /** What else a reader of the report must know, such as damages of the copy. */
  readonly notes?: readonly string[];
  /** Called after each batch: of which fold, and how far it is. */
  readonly onProgress?: (fold: string, done: number, total: number) => void;
}

/**
 * @param databases copies of those that the protocol tests on (what it trains on may be missing)
 * @throws {InputError} when a database is missing or an image cannot be read; see `foldsOf`
 */
export async function evaluateProtocol(
  scored: LogitsModel,
  protocol: Protocol,
  databases: readonly Database[],
  { images, notes = [], onProgress }: EvaluateProtocolOptions = {},
): Promise<ProtocolReport> {
  const folds = foldsOf(protocol, databases, { need: 'test' });
  const classes = protocolClasses(protocol, databases);
  const framings = new FramingCounter();
  // each image is in one test part, so nothing is kept
  const reader = new RecordImages(formatOf(scored), {
    ...images,
    onImage(record, framing) {
      framings.add(framing);
      images?.onImage?.(record, framing);
    },
  });
  const outcomes: FoldOutcome[] = [];
  for (const { name, test } of folds) {
    const dataset = recordDataset(protocol.id, { name: protocol.databases.at(-1)!, classes }, { test }, reader);
    const confusion = await scoreFold(scored, protocol, dataset, test, {
      onProgress: (done, total) => onProgress?.(name, done, total),
    });
    outcomes.push({ name, train: 0, validation: 0, confusion });
  }
  return reportProtocol(outcomes, {
    protocol,
    classes,
    model: scored.model.name,
    leftOut: leftOutOf(protocol, databases),
    notes: [
      'One model, tested on every fold; nothing was trained.',
      `Images: ${framings.describe()}.`,
      ...headNotes(scored, protocol, classes),
      ...unknownPeople(protocol, folds),
      ...notes,
    ],
  });
}

/** By database, for training frames. */
export function leftOutOf(protocol: Protocol, databases: readonly Database[]): Record<string, LeftOut> {
  return Object.fromEntries(
    databases
      .filter(({ name }) => protocol.databases.includes(name))
      .map((database) => [database.name, selectRecords(database, protocol).leftOut]),
  );
}

function headNotes({ model }: LogitsModel, protocol: Protocol, classes: readonly string[]): string[] {
  const head = model.heads[headFor(model.heads, protocol)]!;
  const missing = classes.filter((name) => !head.classes.includes(name));
  const tested = protocol.databases.at(-1)!;
  return [
    ...(head.trainedOn === tested
      ? [`Output ${head.output} was trained on ${tested}, so it may have learned from these images and people.`]
      : []),
    ...(missing.length > 0 ? [`Output ${head.output} cannot predict ${missing.join(', ')}.`] : []),
  ];
}
