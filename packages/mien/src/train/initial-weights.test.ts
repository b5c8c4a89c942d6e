import { describe, expect, it } from 'vitest';
import { encodeModelMetadata } from '../data/index.ts';
import { buildNetwork, encodeNetwork, type Network } from '../nn/index.ts';
import { compact } from '../nn/models/index.ts';
import { decodeModel } from '../onnx/index.ts';
import { tensor } from '../tensor/index.ts';
import { labelHead } from './heads.ts';
import { initialWeights, type Starting } from './initial-weights.ts';

const model = decodeModel(encodeNetwork(compact({ widths: [2, 3], heads: { logits: 7 } }), new Map()));

const starting = (network: Network): Starting => ({ network, heads: [] });

describe('initialWeights', () => {
  it('takes what has the same name and shape, and says why it left the rest', () => {
    const { weights, left } = initialWeights(
      starting(compact({ widths: [2, 3], heads: { logits: 8, extra: 2 } })),
      model,
      'm.onnx',
    );
    expect(weights.get('stage1.a.conv.weight')!.data).toEqual(model.initializers.get('stage1.a.conv.weight')!.data);
    expect([...weights.keys()].filter((name) => name.startsWith('head.'))).toEqual([]);
    expect(weights.has('stem.norm.running_mean')).toBe(true);
    expect(left).toEqual([
      { name: 'head.logits.weight', reason: '[7,3] there, [8,3] here' },
      { name: 'head.logits.bias', reason: '[7] there, [8] here' },
      { name: 'head.extra.weight', reason: 'not there' },
      { name: 'head.extra.bias', reason: 'not there' },
    ]);
  });

  it('widens float16 and leaves integers', () => {
    const initializers = new Map(model.initializers);
    initializers.set('head.logits.bias', tensor('float16', [7], Uint16Array.from([0x3c00, 0, 0, 0, 0, 0, 0xc000])));
    initializers.set('stem.norm.bias', tensor('int32', [2], Int32Array.of(1, 2)));
    const { weights, left } = initialWeights(
      starting(compact({ widths: [2, 3], heads: { logits: 7 } })),
      { ...model, initializers },
      'm.onnx',
    );
    expect(weights.get('head.logits.bias')!.data).toEqual(Float32Array.of(1, 0, 0, 0, 0, 0, -2));
    expect(left).toEqual([{ name: 'stem.norm.bias', reason: 'int32 there' }]);
  });

  it('refuses a model of which nothing fits', () => {
    expect(() =>
      initialWeights(
        starting(compact({ widths: [9], heads: { logits: 7 } })),
        { ...model, initializers: new Map() },
        'm.onnx',
      ),
    ).toThrow('m.onnx: has no tensor of a name and shape that compact has, such as "stem.conv.weight"');
  });

  describe('of a model that says its classes', () => {
    const network = compact({ widths: [2, 3], heads: { votes: 3, labels: 2 } });
    const preprocess = { width: 48, height: 48, channels: 'grey' as const, mean: [0], std: [1], framing: 'none' };
    const head = (output: string, classes: string[]) =>
      ({ kind: 'classes', output, classes, trainedOn: 'd', temperature: 1 }) as const;
    const heads = [head('votes', ['happiness', 'fear', 'anger']), head('labels', ['neutral', 'anger'])];
    const said = decodeModel(
      encodeNetwork(network, new Map(), {
        metadata: encodeModelMetadata({ name: 'm', recipe: 'm', heads }, { ...preprocess, classes: heads[0]!.classes }),
        shifts: { votes: [1, 2, 3] },
      }),
    );
    const rowsOf = (name: string): number[][] => {
      const { dims, data } = said.initializers.get(name)!;
      const width = dims[1] ?? 1;
      return Array.from({ length: dims[0]! }, (_, k) => [
        ...(data as Float32Array).subarray(k * width, (k + 1) * width),
      ]);
    };
    const start = (classes: string[], seed = 5) =>
      initialWeights(
        {
          network: compact({ widths: [2, 3], heads: { mine: classes.length } }),
          heads: [labelHead('mine', classes, 'd')],
        },
        said,
        'm.onnx',
        { seed },
      );

    it('takes the rows of the classes that both know, from the output that shares most', () => {
      const { weights, heads: matched, left } = start(['anger', 'happiness', 'boredom']);
      const [happiness, , anger] = rowsOf('head.votes.weight');
      const mine = [...(weights.get('head.mine.weight')!.data as Float32Array)];
      expect([mine.slice(0, 3), mine.slice(3, 6)]).toEqual([anger, happiness]);
      const seeded = buildNetwork(compact({ widths: [2, 3], heads: { mine: 3 } }), { seed: 5 }).b.parameters;
      expect(mine.slice(6)).toEqual([...(seeded.get('head.mine.weight')!.initial.data as Float32Array)].slice(6));
      expect(matched).toEqual([{ output: 'mine', from: 'votes', seeded: ['boredom'] }]);
      expect(left).toEqual([]);
      expect(start(['neutral', 'anger']).heads).toEqual([{ output: 'mine', from: 'labels', seeded: [] }]);
    });

    it('takes no classifier of other classes, though its shape fits', () => {
      const { weights, heads: matched, left } = start(['cat', 'dog']);
      expect([weights.has('head.mine.weight'), weights.has('stem.conv.weight'), matched]).toEqual([false, true, []]);
      expect(left).toEqual([
        { name: 'head.mine.weight', reason: 'no classifier there has cat or dog' },
        { name: 'head.mine.bias', reason: 'no classifier there has cat or dog' },
      ]);
    });
  });
});
