/** Protocols in words, for lists and reports. */
import { createHash } from 'node:crypto';
import { percentText } from '../../report/index.ts';
import type { Amount, FrameRule, FrameSelection, HoldOut, Protocol, SplitRule } from './protocol.ts';

/** How people or images are split, in one phrase. */
export function describeSplit(split: SplitRule): string {
  switch (split.rule) {
    case 'official':
      return `train on ${split.train}, test on ${split.test}, validate on ${typeof split.validation === 'string' ? split.validation : describeHoldOut(split.validation)}`;
    case 'given-folds':
      return `${split.attributes.length} folds given by the owners`;
    case 'person-folds':
      return `${split.folds} folds of people${split.seed === undefined ? '' : `, shuffled by seed ${split.seed}`}; the next fold validates`;
    case 'leave-one-subject-out':
      return 'leave one subject out; the next subject validates';
    case 'by-image':
      return `by image, seed ${split.seed}: ${describeAmount(split.test)} to test, ${describeAmount(split.validation)} to validate`;
    case 'cross-database':
      return `train on ${split.train}, test on ${split.test}${split.sampledTo ? `, sampled to the size of the smaller by seed ${split.sampledTo.seed}` : ''}`;
  }
}

const describeHoldOut = ({ share, seed }: HoldOut): string => `${percentText(share, 0)} of the former, seed ${seed}`;

function describeAmount(amount: Amount): string {
  if ('share' in amount) return percentText(amount.share, 0);
  return 'images' in amount ? `${amount.images} images` : `${amount.imagesPerClass} images a class`;
}

/** Which frames of sequences are taken, in one phrase. */
export function describeFrames({ frames, testFrames }: Pick<Protocol, 'frames' | 'testFrames'>): string {
  return testFrames
    ? `${describeSelection(frames)} to train, ${describeSelection(testFrames)} to test`
    : describeSelection(frames);
}

function describeSelection({ expression, firstIsNeutral }: FrameSelection): string {
  return describeRule(expression) + (firstIsNeutral ? ', the first as neutral' : '');
}

function describeRule(rule: FrameRule): string {
  switch (rule.rule) {
    case 'all':
      return 'all frames';
    case 'from-end': {
      const isRun = rule.places.every((place, i) => place === i);
      if (isRun) return rule.places.length === 1 ? 'the last frame' : `the last ${rule.places.length} frames`;
      return `frames ${rule.places.map((place) => place + 1).join(', ')} from the end`;
    }
    case 'middle':
      return rule.count === 1 ? 'the middle frame' : `the middle ${rule.count} frames`;
    case 'from-start':
      return `frames from number ${rule.first + 1}`;
  }
}

/** The same for equal declarations: SHA-256 over the JSON text with sorted keys, 16 hexadecimal digits. */
export function protocolDigest(protocol: Protocol): string {
  return createHash('sha256').update(JSON.stringify(protocol, sortKeys)).digest('hex').slice(0, 16);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
