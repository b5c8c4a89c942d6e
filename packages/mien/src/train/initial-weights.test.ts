import { describe, expect, it } from 'vitest';
import { compact } from '../nn/models/index.ts';
import { encodeNetwork } from '../nn/encode.ts';
import { decodeModel } from '../onnx/index.ts';
import { tensor } from '../tensor/index.ts';
import { initialWeights } from './initial-weights.ts';

const model = decodeModel(encodeNetwork(compact({ widths: [2, 3], heads: { logits: 7 } }), new Map()));

describe('initialWeights', () => {
  it('takes what has the same name and shape, and says why it left the rest', () => {
    const { weights, left } = initialWeights(
      compact({ widths: [2, 3], heads: { logits: 8, extra: 2 } }),
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
      compact({ widths: [2, 3], heads: { logits: 7 } }),
      { ...model, initializers },
      'm.onnx',
    );
    expect(weights.get('head.logits.bias')!.data).toEqual(Float32Array.of(1, 0, 0, 0, 0, 0, -2));
    expect(left).toEqual([{ name: 'stem.norm.bias', reason: 'int32 there' }]);
  });

  it('refuses a model of which nothing fits', () => {
    expect(() =>
      initialWeights(compact({ widths: [9], heads: { logits: 7 } }), { ...model, initializers: new Map() }, 'm.onnx'),
    ).toThrow('m.onnx: has no tensor of a name and shape that compact has, such as "stem.conv.weight"');
  });
});
