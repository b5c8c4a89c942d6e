/**
 * Clips of sequences: which frames of a sequence make up its samples. A rule is data, so that recipes, protocols and
 * model files can hold it.
 */
import { z } from 'zod';
import { MienError } from '../errors.ts';

const count = z.int().positive();

/** One rule for a sequence of n frames, numbered from 0 in order of time. A clip has at most `frames` of them. */
export const clipRuleSchema = z.discriminatedUnion('kind', [
  /** The last frames: where a sequence ends at its peak, as CK+'s do. */
  z.strictObject({ kind: z.literal('last'), frames: count }),
  /** So many frames at even distances, the first and the last among them; all of a shorter sequence. */
  z.strictObject({ kind: z.literal('even'), frames: count }),
  /**
   * Windows of consecutive frames, each a clip of its own, a stride apart, and one that ends with the sequence; a
   * shorter sequence is one clip (Tran et al. 2015 and Fan et al. 2016 take 16 frames).
   */
  z.strictObject({ kind: z.literal('windows'), frames: count, stride: count }),
  /** The peak with frames before and after it, as far as there are any. */
  z.strictObject({ kind: z.literal('peak'), before: z.int().nonnegative(), after: z.int().nonnegative() }),
  /**
   * Five states of intensity, as Kim et al. 2017 name them: onset, between onset and peak, peak, between peak and
   * offset, offset. Deviation: the states between are the frames half way, where the paper learns them. The first frame
   * stands for the offset too where the sequence ends at its peak.
   */
  z.strictObject({ kind: z.literal('five-intensities') }),
]);

export type ClipRule = z.infer<typeof clipRuleSchema>;

/** The most frames that a clip of this rule has: the T of a network for it. */
export function framesOf(rule: ClipRule): number {
  switch (rule.kind) {
    case 'peak':
      return rule.before + 1 + rule.after;
    case 'five-intensities':
      return 5;
    default:
      return rule.frames;
  }
}

/**
 * The clips of a sequence.
 * @param length n, its frames   @param peak the frame of the greatest intensity; default the last
 * @returns places of the frames of each clip, from 0, in order of time
 * @throws {MienError} when the sequence has no frame, or the peak is not one of them
 */
export function clipsOf(rule: ClipRule, length: number, peak = length - 1): Int32Array[] {
  if (!(length >= 1)) throw new MienError(`clips: expected a sequence of a frame or more, got ${length}`);
  if (!(Number.isInteger(peak) && peak >= 0 && peak < length))
    throw new MienError(`clips: expected a peak from 0 to ${length - 1}, got ${peak}`);
  switch (rule.kind) {
    case 'last':
      return [run(Math.max(0, length - rule.frames), length)];
    case 'even': {
      const n = Math.min(rule.frames, length);
      return [
        Int32Array.from({ length: n }, (_, i) => (n === 1 ? length - 1 : Math.round((i * (length - 1)) / (n - 1)))),
      ];
    }
    case 'windows': {
      if (length <= rule.frames) return [run(0, length)];
      const last = length - rule.frames;
      const starts = Array.from({ length: Math.floor(last / rule.stride) + 1 }, (_, i) => i * rule.stride);
      if (starts.at(-1) !== last) starts.push(last);
      return starts.map((start) => run(start, start + rule.frames));
    }
    case 'peak':
      return [run(Math.max(0, peak - rule.before), Math.min(length, peak + rule.after + 1))];
    case 'five-intensities':
      return [
        Int32Array.of(
          0,
          Math.round(peak / 2),
          peak,
          peak === length - 1 ? Math.round(peak / 2) : Math.round((peak + length - 1) / 2),
          peak === length - 1 ? 0 : length - 1,
        ),
      ];
  }
}

/** The id of a sequence's clip k, from 0, where it has several. */
export const clipId = (sequence: string, k: number): string => `${sequence}#${k + 1}`;
/** The sequence that a clip of this id is of. */
export const sequenceOfClip = (id: string): string => id.replace(/#\d+$/, '');

/** start, …, end − 1 */
const run = (start: number, end: number): Int32Array => Int32Array.from({ length: end - start }, (_, i) => start + i);
