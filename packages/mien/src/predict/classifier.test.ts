import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { encodeModelMetadata, type ModelSpec, type PreprocessSpec } from '../data/index.ts';
import { rawImage, type RawImage } from '../image/index.ts';
import { encodeModel, GraphBuilder } from '../onnx/index.ts';
import { tensor } from '../tensor/index.ts';
import { ExpressionClassifier } from './classifier.ts';
import { loadClassifier } from './model-files.ts';

const preprocess: PreprocessSpec = {
  width: 2,
  height: 1,
  channels: 'grey',
  mean: [0.5],
  std: [0.25],
  framing: 'test',
  classes: ['neutral', 'anger'],
  template: {
    rightEye: [0.3, 0.4],
    leftEye: [0.7, 0.4],
    noseTip: [0.5, 0.6],
    mouthRight: [0.4, 0.8],
    mouthLeft: [0.6, 0.8],
  },
};
const spec: ModelSpec = {
  name: 'tiny',
  recipe: 'tiny',
  heads: [
    { kind: 'classes', output: 'first', classes: ['neutral', 'anger'], trainedOn: 'a', temperature: 2 },
    { kind: 'classes', output: 'second', classes: ['neutral', 'anger', 'fear'], trainedOn: 'b', temperature: 1 },
  ],
};

/** x [N,1,1,2] → first = x·[[1,0],[0,1]], second = x·[[1,2,3],[0,0,0]] */
function tinyModel(change: { model?: ModelSpec; preprocess?: PreprocessSpec; metadata?: false } = {}): Uint8Array {
  const b = new GraphBuilder('tiny');
  const flat = b.op('Flatten', [b.input('x', 'float32', ['N', 1, 1, 2])], { axis: 1 });
  b.output(b.op('MatMul', [flat, b.constant(tensor('float32', [2, 2], Float32Array.of(1, 0, 0, 1)))]), 'first');
  b.output(b.op('MatMul', [flat, b.constant(tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 0, 0, 0)))]), 'second');
  if (change.metadata !== false) {
    for (const [key, value] of encodeModelMetadata(change.model ?? spec, change.preprocess ?? preprocess))
      b.graph.metadata.set(key, value);
  }
  return encodeModel(b.graph);
}

const chip = (a: number, b: number): RawImage => rawImage(2, 1, 1, Uint8Array.of(a, b));
const normalized = (pixel: number): number => (pixel / 255 - 0.5) / 0.25;
const softmax = (logits: number[]): number[] => {
  const sum = logits.reduce((s, z) => s + Math.exp(z), 0);
  return logits.map((z) => Math.exp(z) / sum);
};

describe('ExpressionClassifier', () => {
  it("normalises pixels, divides logits by the head's temperature, and gives each head's probabilities", async () => {
    const classifier = await loadClassifier(tinyModel());
    const [first, second] = await classifier.classify([chip(0, 255), chip(100, 50)]);
    const expected = [
      [0, 255],
      [100, 50],
    ].map(([a, b]) => [normalized(a!), normalized(b!)] as const);
    const firstExpected = expected.flatMap(([a, b]) => softmax([a / 2, b / 2]));
    const secondExpected = expected.flatMap(([a]) => softmax([a, 2 * a, 3 * a]));
    firstExpected.forEach((p, i) => expect(first!.probabilities[i]).toBeCloseTo(p, 5));
    secondExpected.forEach((p, i) => expect(second!.probabilities[i]).toBeCloseTo(p, 5));
    expect([first!.head.output, second!.head.output]).toEqual(['first', 'second']);
    expect([first!.probabilities.length, second!.probabilities.length]).toEqual([4, 6]);
  });

  it('turns colour to grey for a grey model', async () => {
    const classifier = await loadClassifier(tinyModel());
    const color = rawImage(2, 1, 3, Uint8Array.of(80, 80, 80, 200, 200, 200));
    expect((await classifier.classify([color]))[0]!.probabilities).toEqual(
      (await classifier.classify([chip(80, 200)]))[0]!.probabilities,
    );
  });

  it('gives the same for many faces as for each alone, and nothing for none', async () => {
    const classifier = await loadClassifier(tinyModel());
    const chips = Array.from({ length: 130 }, (_, i) => chip(i, 255 - i));
    const all = (await classifier.classify(chips))[0]!.probabilities;
    for (const i of [0, 63, 64, 129]) {
      const alone = (await classifier.classify([chips[i]!]))[0]!.probabilities;
      alone.forEach((p, k) => expect(all[2 * i + k]).toBeCloseTo(p, 7));
    }
    expect((await classifier.classify([])).map((h) => h.probabilities.length)).toEqual([0, 0]);
  });

  it('shows a face and its mirror image where asked, with the settings of that view, and refuses where the model has none', async () => {
    const mirror = { temperature: 4, uncertainBelow: 0.6 };
    const bytes = tinyModel({ model: { ...spec, heads: [{ ...spec.heads[0]!, uncertainBelow: 0.2, mirror }] } });
    const classifier = await loadClassifier(bytes, { views: 'mirror' });
    const [first] = await classifier.classify([chip(0, 255), chip(10, 50)]);
    // the mean of (a, b) and (b, a)
    first!.probabilities.forEach((p) => expect(p).toBeCloseTo(0.5, 6));
    expect(first!.head).toMatchObject(mirror);
    const [single] = await (await loadClassifier(bytes)).classify([chip(0, 255)]);
    expect(single!.head).toMatchObject({ temperature: 2, uncertainBelow: 0.2 });
    expect(single!.probabilities[0]).toBeCloseTo(softmax([normalized(0) / 2, normalized(255) / 2])[0]!, 5);
    await expect(loadClassifier(tinyModel(), { views: 'mirror' })).rejects.toThrow(
      'tiny: has no settings for a face and its mirror image',
    );
  });

  it('refuses a face of another size', async () => {
    const classifier = await loadClassifier(tinyModel());
    await expect(classifier.classify([rawImage(1, 1, 1, Uint8Array.of(0))])).rejects.toThrow(
      'chips: expected 2×1 grey, got 1×1 with 1 channels',
    );
  });

  it.each([
    ['no metadata', tinyModel({ metadata: false }), 'has no "mien.model" metadata'],
    [
      'another input size',
      tinyModel({ preprocess: { ...preprocess, width: 48 } }),
      'its metadata describe one input [N,1,1,48], but the network has x [N,1,1,2]',
    ],
    [
      'another number of classes',
      tinyModel({ model: { ...spec, heads: [{ ...spec.heads[0]!, classes: ['neutral', 'anger', 'fear'] }] } }),
      'an output first [N,3], but the network has [N,2]',
    ],
    [
      'an output that is not there',
      tinyModel({ model: { ...spec, heads: [{ ...spec.heads[0]!, output: 'third' }] } }),
      'an output third [N,2], but the network has no such output',
    ],
    ['a cut file', tinyModel().subarray(0, 200), 'cannot be read as an ONNX model'],
    ['no bytes', new Uint8Array(), 'expected an ONNX model, got no bytes'],
  ])('refuses a model with %s, naming it', async (_, bytes, message) => {
    const error = await ExpressionClassifier.create(bytes, 'odd.onnx').then(
      () => undefined,
      (cause: unknown) => cause as Error,
    );
    expect(error?.message).toContain(message);
    expect(error?.message).toMatch(/^odd\.onnx: [^\n]*$/);
  });
});

describe('loadClassifier', () => {
  it('takes the path of a file', async () => {
    await withFiles({}, async (folder) => {
      await writeFile(join(folder, 'tiny.onnx'), tinyModel());
      expect((await loadClassifier(join(folder, 'tiny.onnx'))).model).toEqual(spec);
      await expect(loadClassifier(join(folder, 'none.onnx'))).rejects.toThrow('none.onnx: no such file');
      await expect(loadClassifier(`${folder}/`)).rejects.toThrow('is a folder, expected a file');
    });
  });
  it('takes anything else for a name', async () => {
    await expect(loadClassifier('nonesuch')).rejects.toThrow(/^nonesuch: is not a model: /);
  });
});
