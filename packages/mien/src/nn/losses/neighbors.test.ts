import { describe, expect, it } from 'vitest';
import { evaluateGraph, GraphBuilder, type Value } from '../../onnx/index.ts';
import { createSession } from '../../runtime/index.ts';
import { float32, Random, toNumbers, type Tensor } from '../../tensor/index.ts';
import { NetworkBuilder } from '../index.ts';
import { bankInputs, bankNeighborMeans, batchNeighborMeans, FeatureBank, type BankValues } from './index.ts';
import { encodeModel } from '../../onnx/protobuf.ts';

const random = new Random(4, 'bank');
const LABELS = Array.from({ length: 40 }, (_, i) => [2, 0, 1, 1, -1, 0][i % 6]!);
const WIDTH = 5;
const FEATURES = float32(
  [40, WIDTH],
  Array.from({ length: 40 * WIDTH }, () => random.normal()),
);
const rowsOf = (rows: readonly number[]): ReturnType<typeof float32> =>
  float32(
    [rows.length, WIDTH],
    rows.flatMap((r) => [...FEATURES.data.subarray(r * WIDTH, (r + 1) * WIDTH)]),
  );

/** By definition: sort all others of the class by distance, then row. */
function expected(row: number, written: readonly number[], k: number): number[] {
  const at = (r: number): number[] => [...FEATURES.data.subarray(r * WIDTH, (r + 1) * WIDTH)];
  const distance = (r: number): number => at(r).reduce((s, v, j) => s + (v - at(row)[j]!) ** 2, 0);
  const nearest = written
    .filter((r) => r !== row && LABELS[r] === LABELS[row] && LABELS[row]! >= 0)
    .sort((a, b) => distance(a) - distance(b) || a - b)
    .slice(0, k);
  return nearest.length === 0
    ? at(row)
    : at(row).map((_, j) => nearest.reduce((s, r) => s + at(r)[j]!, 0) / nearest.length);
}

/** What a step's graph gives for queries that stand for rows. */
async function means(bank: FeatureBank, rows: readonly number[], queries: Tensor, k: number): Promise<number[]> {
  const b = new GraphBuilder('means');
  const feeds = { ...bank.feeds(rows), queries };
  const size = Object.entries(bankInputs(feeds['bank.labels'].data.length, bank.width, rows.length));
  const values = Object.fromEntries(
    size.map(([name, dims]) => [name.slice('bank.'.length), b.input(name, 'float32', dims)]),
  ) as unknown as BankValues;
  b.output(bankNeighborMeans(b, b.input('queries', 'float32', queries.dims), values, k), 'means');
  const session = await createSession(encodeModel(b.graph));
  const out = toNumbers((await session.run(feeds))['means']!);
  await session.release();
  toNumbers(evaluateGraph(b.graph, feeds)['means']!).forEach((v, i) => expect(out[i]).toBeCloseTo(v, 5));
  return out;
}

describe('FeatureBank', () => {
  it.each([1, 3, 20])('finds the %i nearest of the class among the rows written so far', async (k) => {
    const bank = new FeatureBank(LABELS, WIDTH);
    const written: number[] = [];
    for (const rows of [[0, 7, 8, 20], [1, 2, 3, 4, 5, 6], Array.from({ length: 25 }, (_, i) => i + 15)]) {
      bank.write(rows, rowsOf(rows));
      written.push(...rows.filter((r) => !written.includes(r)));
      const queries = [0, 7, 2, 4, 39, 12];
      const found = await means(bank, queries, rowsOf(queries), k);
      queries.forEach((row, i) =>
        expected(row, written, k).forEach((v, j) => expect(found[i * WIDTH + j]).toBeCloseTo(v, 5)),
      );
    }
  });

  it('takes the lower rows where distances are equal, and overwrites rows', async () => {
    const bank = new FeatureBank([0, 0, 0, 0], 1);
    bank.write([0, 1, 2, 3], float32([4, 1], [0, 1, -1, 1]));
    // 1, 2 and 3 are all at distance 1 from row 0: rows 1 and 2 count
    expect(await means(bank, [0], float32([1, 1], [0]), 2)).toEqual([0]);
    bank.write([1], float32([1, 1], [9]));
    // now rows 2 and 3
    expect(await means(bank, [0], float32([1, 1], [0]), 1)).toEqual([-1]);
  });

  it('gives the query itself where its class has no other row', async () => {
    const bank = new FeatureBank([0, 1, -1, -1], 2);
    bank.write([0, 1, 2, 3], float32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
    expect(await means(bank, [0, 2], float32([2, 2], [7, 8, 9, 10]), 3)).toEqual([7, 8, 9, 10]);
  });

  it('agrees with the search within a batch', async () => {
    const rows = Array.from({ length: 16 }, (_, i) => i).filter((r) => LABELS[r]! >= 0);
    const bank = new FeatureBank(LABELS, WIDTH);
    bank.write(rows, rowsOf(rows));
    const fromBank = await means(bank, rows, rowsOf(rows), 2);
    const b = new NetworkBuilder('batch');
    const target = b.constant(
      float32(
        [rows.length, 3],
        rows.flatMap((r) => [0, 1, 2].map((c) => (LABELS[r] === c ? 1 : 0))),
      ),
    );
    b.output(batchNeighborMeans(b, b.constant(rowsOf(rows)), target, 2), 'means');
    toNumbers(evaluateGraph(b.graph, {})['means']!).forEach((v, i) => expect(fromBank[i]).toBeCloseTo(v, 5));
  });

  it('goes on from its state as if it had not stopped', async () => {
    const [one, two] = [new FeatureBank(LABELS, WIDTH), new FeatureBank(LABELS, WIDTH)];
    one.write([0, 1, 2, 3, 5, 8, 12], rowsOf([0, 1, 2, 3, 5, 8, 12]));
    two.restore(new Map(Object.entries(one.state())));
    for (const bank of [one, two]) bank.write([7], rowsOf([7]));
    expect(two.state()).toEqual(one.state());
    expect(await means(two, [0, 1, 2], rowsOf([0, 1, 2]), 2)).toEqual(
      await means(one, [0, 1, 2], rowsOf([0, 1, 2]), 2),
    );
    expect(() => two.restore(new Map([['bank.features', float32([1, WIDTH], [1, 2, 3, 4, 5])]]))).toThrow(
      'FeatureBank.restore: expected bank.features [40,5], got [1,5]',
    );
  });

  it('refuses what does not fit, by name', () => {
    expect(() => new FeatureBank([0], 0)).toThrow('FeatureBank: the width must be a positive integer, got 0');
    const bank = new FeatureBank([0, 0], 2);
    expect(() => bank.write([0], float32([1, 3], [1, 2, 3]))).toThrow(
      'FeatureBank.write: expected float32 [1,2], got float32 [1,3]',
    );
    expect(() => bank.write([2], float32([1, 2], [1, 2]))).toThrow(
      'FeatureBank.write: there is no row 2: the bank has 2',
    );
    const b = new GraphBuilder('wrong');
    let made = 0;
    const input = (dims: readonly number[]): Value => b.input(`i${made++}`, 'float32', dims);
    const values = {
      features: input([2, 3]),
      norms: input([2]),
      labels: input([2]),
      rows: input([1]),
    } as unknown as BankValues;
    expect(() => bankNeighborMeans(b, input([1, 2]), values, 1)).toThrow(
      'bankNeighborMeans: expected a bank of 2 features, got 3',
    );
    expect(() => bankNeighborMeans(b, input([1, 3]), values, 0)).toThrow('k must be a positive integer, got 0');
  });
});
