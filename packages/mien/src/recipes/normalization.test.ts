import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { parseNormalization } from '../image/index.ts';
import { buildNetwork, inputShape } from '../nn/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { createSession } from '../runtime/index.ts';
import { tensor } from '../tensor/index.ts';
import { withNormalization } from '../train/index.ts';
import { RECIPES, recipeForData, recipeForProtocol } from './index.ts';

const MAPPED = parseNormalization('mapped-lbp:radius=5');
const others = RECIPES.filter(
  ({ program, principal, network }) => program === undefined && principal === undefined && !('dims' in network.input),
);

describe('withNormalization', () => {
  it.each(others)('$id: its network takes the three channels of mapped LBP', (recipe) => {
    const { network, preprocess } = withNormalization(recipe, MAPPED);
    expect(preprocess).toMatchObject({ channels: 'rgb', steps: MAPPED });
    expect([preprocess.mean.length, preprocess.std.length]).toEqual([3, 3]);
    expect(network.input).toMatchObject({ channels: 3 });
    const before = buildNetwork(recipe.network).outputs;
    const after = buildNetwork(network).outputs;
    for (const { output } of recipe.heads) expect(after[output]!.shape).toEqual(before[output]!.shape);
  });

  it.each(['cnn-lstm.manifest', 'c3d.manifest'])(
    '%s: answers for each clip, of the classes of a protocol',
    async (id) => {
      const recipe = recipeForProtocol(
        RECIPES.find((r) => r.id === id)!,
        ['a', 'b', 'c'],
      );
      for (const { network, heads } of [recipe, withNormalization(recipe, MAPPED)]) {
        expect(heads[0]).toMatchObject({ classes: ['a', 'b', 'c'] });
        const { b, outputs } = buildNetwork(network);
        b.output(outputs['logits']!, 'logits');
        const session = await createSession(encodeModel(b.graph));
        const [, ...dims] = inputShape(2, network.input);
        const x = tensor('float32', [2, ...dims], new Float32Array(2 * dims.reduce((size, n) => size * n)).fill(0.5));
        const lengths = network.furtherInputs ? { frames: tensor('float32', [2], Float32Array.of(8, 3)) } : {};
        const { logits } = await session.run({ x, ...lengths });
        await session.release();
        expect(logits!.dims).toEqual([2, 3]);
      }
    },
  );

  it('refuses recipes whose own steps are made for grey images, and leaves the others grey under other steps', () => {
    const own = RECIPES.filter((recipe) => !others.includes(recipe) && recipe.preprocess.channels === 'grey');
    expect(own.length).toBeGreaterThan(0);
    for (const recipe of own) {
      expect(() => withNormalization(recipe, MAPPED), recipe.id).toThrow(InputError);
      expect(withNormalization(recipe, [{ name: 'gcn' }]).preprocess.channels).toBe('grey');
    }
  });

  it.each(['compact.folder', 'fast.folder', 'compact.tasks'])('%s: also once the classes are known', (id) => {
    const recipe = withNormalization(
      RECIPES.find((r) => r.id === id)!,
      MAPPED,
    );
    const made = recipeForData(recipe, { classes: ['a', 'b', 'c'] });
    expect(made.network.input).toMatchObject({ channels: 3 });
    expect(made.preprocess).toEqual(recipe.preprocess);
    expect(buildNetwork(made.network).outputs[made.heads[0]!.output]!.shape.at(-1)).toBe(3);
  });
});
