/**
 * What a trained network's heads are given besides its weights, fitted on held-out images. Shape legend: N images, K
 * classes of a head.
 */
import type { Calibration, LabelledImages, Labelling } from '../data/index.ts';
import { fitTemperature, halfErrorThreshold, softmaxRows } from '../metrics/index.ts';
import type { HeadSettings } from '../train/index.ts';
import type { LogitsModel } from './model.ts';
import { fitPriorShift, type PriorShift } from './prior-shift.ts';
import { scoreImages, type ScoreOptions } from './score.ts';

/** Images with the labels of one head. */
export interface CalibrationImages {
  readonly images: LabelledImages;
  /** In the class order of the head's logits. */
  readonly labelling: Labelling;
}

export interface CalibrateOptions extends ScoreOptions {
  /** The network as shown a face and its mirror image, where that view is to be allowed. */
  readonly mirror?: LogitsModel;
  /** [K] class frequencies in training: fits a prior shift (see `fitPriorShift`). */
  readonly prior?: readonly number[];
}

export interface CalibratedHead extends HeadSettings {
  readonly priorShift?: PriorShift;
}

/**
 * The settings of one head: temperature (Guo et al. 2017) and threshold (`halfErrorThreshold`) for each view, and the
 * prior shift, which both views share; it is chosen on the mirror view where there is one.
 * @param scored with logits as the network gives them   @param head its place in the model
 * @param held undefined where nothing has labels for the head: temperature 1 then, and nothing else
 */
export async function calibrateHead(
  scored: LogitsModel,
  head: number,
  held: CalibrationImages | undefined,
  options: CalibrateOptions = {},
): Promise<CalibratedHead> {
  if (!held) return { temperature: 1 };
  const K = scored.model.heads[head]!.classes.length;
  const rows = [...held.labelling.labels.keys()].filter((i) => held.labelling.labels[i]! >= 0);
  if (rows.length === 0) return { temperature: 1 };
  const labels = rows.map((row) => held.labelling.labels[row]!);
  const logitsOf = async (model: LogitsModel): Promise<Float32Array> => {
    const all = (await scoreImages(model, held.images, options))[head]!;
    const picked = new Float32Array(rows.length * K);
    rows.forEach((row, i) => picked.set(all.subarray(row * K, (row + 1) * K), i * K));
    return picked;
  };
  const single = await logitsOf(scored);
  const mirror = options.mirror && (await logitsOf(options.mirror));
  const priorShift = options.prior && fitPriorShift(mirror ?? single, labels, options.prior);
  const shifted = (logits: Float32Array): Float32Array =>
    priorShift ? logits.map((z, i) => z + priorShift.shift[i % K]!) : logits;
  return {
    ...calibrate(shifted(single), labels, K),
    ...(mirror ? { mirror: calibrate(shifted(mirror), labels, K) } : {}),
    ...(priorShift ? { shift: priorShift.shift, priorShift } : {}),
  };
}

/** @param logits [N,K]   @param labels [N] */
function calibrate(logits: Float32Array, labels: readonly number[], K: number): Calibration {
  const temperature = fitTemperature(logits, labels);
  const probabilities = softmaxRows(logits, K, temperature);
  const rows = labels.map((_, i) => probabilities.subarray(i * K, (i + 1) * K));
  const confidences = rows.map((row) => Math.max(...row));
  return {
    temperature,
    uncertainBelow: halfErrorThreshold(
      confidences,
      rows.map((row, i) => row[labels[i]!] === confidences[i]),
    ),
  };
}
