import { describe, expect, it } from 'vitest';
import { EXPRESSIONS_8 } from '../labels/index.ts';
import {
  decodeModelMetadata,
  encodeModelMetadata,
  MODEL_METADATA_KEY,
  withViews,
  type ModelSpec,
} from './model-spec.ts';
import type { PreprocessSpec } from './preprocess.ts';

const preprocess: PreprocessSpec = {
  width: 2,
  height: 1,
  channels: 'rgb',
  mean: [0, 0.5, 1],
  std: [1, 0.5, 0.25],
  framing: 'fer2013',
  template: {
    leftEye: [0.7, 0.4],
    rightEye: [0.3, 0.4],
    noseTip: [0.5, 0.6],
    mouthLeft: [0.65, 0.8],
    mouthRight: [0.35, 0.8],
  },
  classes: [...EXPRESSIONS_8],
};
const model: ModelSpec = {
  name: 'tiny',
  recipe: 'tiny',
  heads: [
    {
      kind: 'classes',
      output: 'a',
      classes: [...EXPRESSIONS_8],
      trainedOn: 'one',
      temperature: 1.5,
      uncertainBelow: 0.4,
      mirror: { temperature: 2 },
    },
    {
      kind: 'classes',
      output: 'b',
      classes: ['yes', 'no'],
      trainedOn: 'two',
      temperature: 1,
      mirror: { temperature: 3, uncertainBelow: 0.5 },
    },
  ],
};
const written = JSON.parse(encodeModelMetadata(model, preprocess).get(MODEL_METADATA_KEY)!) as {
  heads: object[];
  inputs: { x: object };
};
const decode = (spec: unknown, more: readonly [string, string][] = []) =>
  decodeModelMetadata('m.onnx', new Map([[MODEL_METADATA_KEY, JSON.stringify(spec)], ...more]));

describe('model metadata', () => {
  it('survives the round trip', () => {
    expect(decodeModelMetadata('m.onnx', encodeModelMetadata(model, preprocess))).toEqual({
      model,
      preprocess,
      inputs: { x: { kind: 'image' } },
    });
  });

  it('of version 1 is read, as single views of one image', () => {
    const heads = model.heads.map(({ output, classes, trainedOn, temperature }) => ({
      output,
      classes,
      trainedOn,
      temperature,
    }));
    const read = decode({ version: 1, name: 'tiny', recipe: 'tiny', heads }, [
      ['mien.preprocess', JSON.stringify({ version: 1, ...preprocess })],
    ]);
    expect(read).toEqual({
      model: { ...model, heads: heads.map((head) => ({ kind: 'classes', ...head })) },
      preprocess,
      inputs: { x: { kind: 'image' } },
    });
    expect(() => decode({ version: 1, name: 'tiny', recipe: 'tiny', heads })).toThrow(
      'm.onnx: has no "mien.preprocess" metadata, so how to prepare its input is unknown',
    );
    expect(() => decode({ version: 1, name: 'tiny', recipe: 'tiny', heads }, [['mien.preprocess', '3']])).toThrow(
      '"mien.preprocess" metadata does not fit: spec: ',
    );
  });

  it.each<[what: string, change: object, message: string]>([
    ['another version', { version: 3 }, 'does not fit: version: '],
    [
      'a kind of output',
      { heads: [{ ...written.heads[0], kind: 'heatmap' }] },
      'heads.0.kind: the kind of output "heatmap" is not known to this version of Mien',
    ],
    [
      'a kind of input',
      { inputs: { x: { ...written.inputs.x, kind: 'sound' } } },
      'inputs.x.kind: the kind of input "sound" is not known to this version of Mien',
    ],
    [
      'a step of preparation',
      { inputs: { x: { ...written.inputs.x, steps: [{ name: 'sharpen', by: 8 }] } } },
      'inputs.x.steps.0.name: the step of preparation "sharpen" is not known to this version of Mien',
    ],
    [
      'a parameter of a step',
      { inputs: { x: { ...written.inputs.x, steps: [{ name: 'clahe', tiles: 0 }] } } },
      'inputs.x.steps.0: clahe: tiles: expected a whole number from 1 to 64, got 0',
    ],
    [
      'a step of three channels on a grey image',
      {
        inputs: {
          x: { ...written.inputs.x, channels: 'grey', mean: [0], std: [1], steps: [{ name: 'mapped-lbp', radius: 5 }] },
        },
      },
      'inputs.x.steps: mapped-lbp:radius=5 gives three channels, and the input is grey',
    ],
    [
      'two images',
      { inputs: { x: written.inputs.x, y: written.inputs.x } },
      'describes 2 inputs of a face, expected one image',
    ],
    ['an unknown field', { gamma: 2 }, 'gamma'],
    [
      'a class twice',
      { heads: [{ ...written.heads[0], classes: ['fear', 'fear'] }] },
      'heads.0.classes: a class occurs twice',
    ],
    [
      'a mean too few',
      { inputs: { x: { ...written.inputs.x, mean: [0, 0] } } },
      'inputs.x.mean: mean and std need one value a channel',
    ],
    [
      'a cut larger than the image',
      { inputs: { x: { ...written.inputs.x, cropFrom: { width: 1, height: 1 } } } },
      'inputs.x.cropFrom: must not be smaller than the input',
    ],
    ['deviation 0', { inputs: { x: { ...written.inputs.x, std: [0, 1, 1] } } }, 'inputs.x.std.0'],
    ['a threshold in percent', { heads: [{ ...written.heads[0], uncertainBelow: 40 }] }, 'heads.0.uncertainBelow'],
  ])('that does not fit is refused by name: %s', (_, change, message) => {
    expect(() => decode({ ...written, ...change })).toThrow(message);
  });

  it('that is absent or no JSON is refused', () => {
    expect(() => decodeModelMetadata('m.onnx', new Map())).toThrow(
      'm.onnx: has no "mien.model" metadata, so what its outputs mean is unknown',
    );
    expect(() => decodeModelMetadata('m.onnx', new Map([[MODEL_METADATA_KEY, '{']]))).toThrow(
      'm.onnx: its "mien.model" metadata is not JSON',
    );
  });
});

it('holds outputs of numbers, and several inputs of one framing', () => {
  const inputs = {
    x: { kind: 'clip', rule: { kind: 'even', frames: 4 } },
    points: { kind: 'track', points: 68, rule: { kind: 'even', frames: 4 } },
    frames: { kind: 'length', of: 'x' },
    age: { kind: 'vector', source: 'age', size: 1 },
  } as const;
  const valued: ModelSpec = {
    ...model,
    valueHeads: [{ kind: 'regression', output: 'affect', names: ['valence', 'arousal'], trainedOn: 'one' }],
  };
  expect(decodeModelMetadata('m.onnx', encodeModelMetadata(valued, preprocess, inputs))).toEqual({
    model: valued,
    preprocess,
    inputs,
  });
  const alone: ModelSpec = { ...valued, heads: [] };
  expect(decodeModelMetadata('m.onnx', encodeModelMetadata(alone, preprocess)).model).toEqual(alone);
  const twice = { ...valued, valueHeads: [{ ...valued.valueHeads![0]!, names: ['a', 'a'] }] };
  expect(() => encodeModelMetadata(twice, preprocess)).toThrow('a name occurs twice');
});

describe('withViews', () => {
  it('takes the settings of the view, and refuses one that some head lacks', () => {
    expect(withViews(model, 'single')).toEqual(model);
    const [a, b] = withViews(model, 'mirror').heads;
    expect([a!.temperature, a!.uncertainBelow, b!.temperature, b!.uncertainBelow]).toEqual([2, undefined, 3, 0.5]);
    const { mirror: _, ...without } = model.heads[1]!;
    expect(() => withViews({ ...model, heads: [model.heads[0]!, without] }, 'mirror')).toThrow(
      'tiny: has no settings for a face and its mirror image',
    );
  });
});
