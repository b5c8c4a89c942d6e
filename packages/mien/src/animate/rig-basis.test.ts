/** The basis: what goes into it comes out, what units do is told apart from what people look like, and it is as kept. */
import { describe, expect, it } from 'vitest';
import { MienError } from '../errors.ts';
import { npmFaceNetworks } from '../face/node.ts';
import { Random } from '../tensor/random.ts';
import { BASIS } from './rig-basis-data.ts';
import { MeshHalves } from './mesh-halves.ts';
import { decodeBasis, encodeBasis, FITTED_UNITS, SIDED_UNITS } from './rig-basis.ts';
import { unitModel } from './unit-model.ts';

const halves = new MeshHalves(await npmFaceNetworks.canonicalFace());
const random = new Random(1, 'rig basis');
const row = (n: number, scale = 1): number[] => Array.from({ length: n }, () => scale * random.normal());

describe('the basis', () => {
  it('that the library has is for the places of the mesh, and comes out of text as it went in', () => {
    const basis = decodeBasis(BASIS, halves.pairs.length);
    expect(basis.rest).toHaveLength(3 * halves.pairs.length);
    expect([basis.single.G.length, basis.paired.P.length, basis.sided.G.length]).toEqual([
      FITTED_UNITS.length,
      FITTED_UNITS.length,
      SIDED_UNITS.length,
    ]);
    expect(encodeBasis(basis)).toBe(BASIS);
    // Whoever knows the person at rest knows more of each unit
    basis.single.G.forEach((values, u) => expect(basis.paired.G[u]![u]).toBeGreaterThan(values[u]!));
    expect(() => decodeBasis(BASIS, halves.pairs.length + 1)).toThrow(MienError);
  });
});

describe('MeshHalves', () => {
  it('tells what both sides of a face have in common from what they differ in', async () => {
    const { vertices } = await npmFaceNetworks.canonicalFace();
    const { even, odd } = halves.of(vertices);
    expect(Math.max(...odd.map(Math.abs))).toBeLessThan(0.02);
    // The left corner of the mouth, vertex 291, goes up by 1 cm
    const lifted = vertices.map(([x, y, z], v) => [x, v === 291 ? y - 1 : y, z] as const);
    const at = 3 * halves.pairs.findIndex(([, left]) => left === 291) + 1;
    const after = halves.of(lifted);
    expect(after.even[at]! - even[at]!).toBeCloseTo(-0.5, 1);
    expect(after.odd[at]! - odd[at]!).toBeCloseTo(0.5, 1);
  });
});

describe('unitModel', () => {
  it('weighs down what differs between people, and what they do differently', () => {
    const rest = Array.from({ length: 200 }, () => [3 * random.normal(), random.normal(), random.normal()]);
    const alike = Array.from({ length: 20 }, () => [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    const { G } = unitModel({ rest, moves: alike });
    expect(G[1]![1]).toBeGreaterThan(4 * G[0]![0]!);
    const apart = alike.map(([a, b]) => [a!, b!, [0, 0, 1 + 8 * random.normal()]]);
    const { G: other } = unitModel({ rest, moves: apart });
    expect(other[2]![2]! / other[1]![1]!).toBeLessThan(0.7 * (G[2]![2]! / G[1]![1]!));
  });

  it('takes the means of those in whom a unit was seen, and wants two faces at rest', () => {
    const rest = Array.from({ length: 30 }, () => row(2));
    const seen = unitModel({ rest, moves: [[[2, 0]], [undefined], [[4, 0]]] });
    // Of the same mean and spread
    expect(seen).toEqual(unitModel({ rest, moves: [[[2, 0]], [[3, 0]], [[4, 0]]] }));
    expect(seen).not.toEqual(unitModel({ rest, moves: [[[2, 0]], [[0, 0]], [[4, 0]]] }));
    expect(() => unitModel({ rest: [row(2)], moves: [[[1, 0]]] })).toThrow('at least two faces, got 1');
  });
});
