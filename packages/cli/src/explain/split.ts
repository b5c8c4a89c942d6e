/** `mien explain --data`: the mean map of each expression over a split, as a sheet. */
import { writeImage } from 'mienjs/image/node';
import {
  composeGrid,
  crop,
  divergingMap,
  overlayHeatmap,
  sequentialMap,
  type Legend,
  type RawImage,
} from 'mienjs/image';
import { findSplit, requireLabels, testSplit } from 'mienjs/data';
import type { OcclusionFill, OcclusionMethod } from 'mienjs/explain';
import { explainSplit, type ClassSaliency, type ExpressionClassifier, type SplitSaliency } from 'mienjs/predict';
import { describeSplit, loadData, type DataInputOptions } from '../data/data-input.ts';
import type { DataOption } from '../options.ts';
import { print, printJson, Progress } from '../output.ts';

export interface ExplainSplitArguments extends DataInputOptions {
  readonly data: readonly DataOption[];
  readonly split?: string;
  readonly images: number;
  readonly seed: number;
  readonly method: OcclusionMethod;
  readonly window?: number;
  readonly stride?: number;
  readonly fill: OcclusionFill;
  readonly json?: true;
}

/** @param figure where the sheet is written */
export async function explainData(
  classifier: ExpressionClassifier,
  figure: string,
  { data, split: wanted, images, seed, method, window, stride, fill, json, ...input }: ExplainSplitArguments,
): Promise<void> {
  const dataset = await loadData(data[0]!, classifier.format, input);
  const split = wanted === undefined ? testSplit(dataset) : findSplit(dataset, wanted);
  const samples = await dataset.loadSplit(split, 'evaluate');
  requireLabels(dataset, split, samples);
  describeSplit(dataset, data[0]!.path, split);
  let bar: Progress | undefined;
  let saliency: SplitSaliency;
  try {
    saliency = await explainSplit(classifier, samples, {
      imagesPerClass: images,
      seed,
      fill,
      ...(window === undefined ? {} : { window }),
      ...(stride === undefined ? {} : { stride }),
      onProgress: (done, total) => (bar ??= new Progress('explain', total)).update(done),
    });
  } finally {
    bar?.finish();
  }
  await writeImage(figure, saliencySheet(saliency, method));
  const { width, height, classes } = saliency;
  if (!json) {
    const lines = classes.map(
      ({ expression, asked, right, sparsity }) =>
        `${expression.padEnd(12)}${String(right).padStart(4)} of ${String(asked).padStart(3)} right${Number.isNaN(sparsity[method]) ? '' : `, sparsity ${sparsity[method].toFixed(2)}`}\n`,
    );
    await print(`${lines.join('')}${figure}\n`);
    return;
  }
  const rounded = (v: number): number | null => (Number.isNaN(v) ? null : Math.round(v * 1e4) / 1e4);
  await printJson({
    model: classifier.model.name,
    dataset: dataset.name,
    split,
    method,
    window: saliency.window,
    stride: saliency.stride,
    fill,
    width,
    height,
    seed,
    expressions: classes.map(({ expression, asked, right, sparsity, maps }) => ({
      expression,
      asked,
      right,
      sparsity: rounded(sparsity[method]),
      values: Array.from({ length: height }, (_, row) =>
        Array.from(maps[method].subarray(row * width, (row + 1) * width), rounded),
      ),
    })),
    figure,
  });
}

/** The map over the mean face for each expression that the model gets right, each in the colors of its own range. */
export function saliencySheet({ classes, width, height }: SplitSaliency, method: OcclusionMethod): RawImage {
  const shown = classes.filter((own): own is ClassSaliency & { face: RawImage } => own.face !== undefined);
  const panels = shown.map(({ expression, right, face, maps }) => {
    const values = maps[method];
    const most = Array.from(values).reduce((a, v) => (Math.abs(v) > a ? Math.abs(v) : a), 0.01);
    const colorMap =
      method === 'flip'
        ? { ...sequentialMap, range: [0, most] as const }
        : { ...divergingMap, range: [-most, most] as const };
    return {
      image: overlayHeatmap(seen(face, width, height), { width, height, values }, colorMap),
      caption: `${expression}: up to ${most.toFixed(2)}, n=${right}`,
    };
  });
  const none = classes.filter(({ face }) => face === undefined).map(({ expression }) => expression);
  return composeGrid(
    panels.length > 0 ? panels : [{ image: blank(width, height), caption: `never right: ${none.join(', ')}` }],
    4,
    LEGENDS[method],
  );
}

/** What of the mean face the network sees. */
function seen(face: RawImage, width: number, height: number): RawImage {
  if (face.width === width && face.height === height) return face;
  const [x, y] = [Math.floor((face.width - width) / 2), Math.floor((face.height - height) / 2)];
  return crop(face, { x, y, width, height });
}

const blank = (width: number, height: number): RawImage => ({
  width,
  height,
  channels: 1,
  data: new Uint8Array(width * height).fill(200),
});

const LEGENDS: Readonly<Record<OcclusionMethod, Legend>> = {
  drop: {
    colorMap: { ...divergingMap, range: [-1, 1] },
    title: 'mean change in the probability when covered, as a share of the largest',
    lowLabel: 'speaks against it',
    highLabel: 'speaks for it',
  },
  flip: {
    colorMap: { ...sequentialMap, range: [0, 1] },
    title: 'mean share of the windows that change the decision, as a share of the largest',
    lowLabel: '0',
    highLabel: 'largest',
  },
};
