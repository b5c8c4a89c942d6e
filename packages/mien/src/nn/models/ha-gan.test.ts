import { expect, it } from 'vitest';
import { buildNetwork, countParameters, NetworkBuilder, type Network } from '../index.ts';
import { haGanBaseline, haGanChain, haGanDiscriminator, haGanGenerator, haGanSides, haGanTransfer } from './ha-gan.ts';

const PAPER = { classes: 6, characters: 1 };
const dims = (network: Network): Map<string, readonly number[]> =>
  new Map([...buildNetwork(network).b.parameters].map(([name, { initial }]) => [name, initial.dims]));

it('halves 75 px four times, to 3,200 numbers in the discriminator', () => {
  expect(haGanSides()).toEqual([75, 38, 19, 10, 5]);
  const parameters = dims(haGanBaseline({ classes: 6 }));
  expect(parameters.get('discriminator.fc.weight')).toEqual([1024, 3200]);
  expect([1, 2, 3, 4].map((i) => parameters.get(`discriminator.conv${i}.weight`)?.[0])).toEqual([16, 32, 64, 128]);
});

it('sees the face beside the picture where it is told to', () => {
  const inputs = (options: object): number =>
    dims(haGanChain({ ...PAPER, ...options })).get('discriminator.conv1.weight')![1]!;
  expect([inputs({}), inputs({ channels: 1 }), inputs({ pairD: false })]).toEqual([6, 4, 3]);
});

it('makes pictures of the size of the face, with a one-hot vector or an image for the character', () => {
  for (const identity of ['one-hot', 'image'] as const) {
    const options = { ...PAPER, characters: 2, identity, channels: 1 };
    const { outputs } = buildNetwork(haGanTransfer(options));
    expect(outputs['picture']!.shape).toEqual(['N', 3, 75, 75]);
    const b = new NetworkBuilder('training', { training: true });
    const picture = haGanGenerator(b, options, {
      x: b.input('x', 'float32', [4, 1, 75, 75]),
      identity: b.input('identity', 'float32', identity === 'image' ? [4, 3, 75, 75] : [4, 2]),
      z: b.input('z', 'float32', [4, 50]),
    });
    expect(picture.shape).toEqual([4, 3, 75, 75]);
    const { score, logits } = haGanDiscriminator(b, options, undefined, picture);
    expect([score.shape, logits.shape]).toEqual([
      [4, 1],
      [4, 6],
    ]);
  }
});

it('takes other sizes, odd and even', () => {
  for (const size of [16, 47, 64])
    expect(buildNetwork(haGanTransfer({ ...PAPER, size, generatorWidth: 1 / 16 })).outputs['picture']!.shape).toEqual([
      'N',
      3,
      size,
      size,
    ]);
});

it('has the same classifier in the chain, the head and the baseline', () => {
  const options = { ...PAPER, pairD: false };
  const head: Network = {
    name: 'head',
    input: { channels: 3, height: 75, width: 75 },
    build: (b, x) => ({ logits: haGanDiscriminator(b, options, undefined, x).logits }),
  };
  const counts = [head, haGanBaseline(options)].map(countParameters);
  expect(counts[0]).toBeGreaterThan(counts[1]!); // the branch that tells real from generated is built, too
  const chain = dims(haGanChain({ ...PAPER, pairD: false }));
  for (const [name, shape] of dims(haGanBaseline({ classes: 6 }))) expect(chain.get(name)).toEqual(shape);
});
