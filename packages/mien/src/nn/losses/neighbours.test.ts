import { describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../onnx/index.ts';
import { createSession } from '../../runtime/index.ts';
import { float32, Random, toNumbers } from '../../tensor/index.ts';
import { batchNeighbourMeans, NetworkBuilder } from '../index.ts';
import { FeatureBank } from './neighbours.ts';

const random = new Random(4, 'bank');
const LABELS = Array.from({ length: 40 }, (_, i) => [2, 0, 1, 1, -1, 0][i % 6]!);
const WIDTH = 5;
const FEATURES = float32([40, WIDTH], Array.from({ length: 40 * WIDTH }, () => random.normal()));
const rowsOf = (rows: readonly number[]): ReturnType<typeof float32> => float32([rows.length, WIDTH], rows.flatMap((r) => [...FEATURES.data.subarray(r * WIDTH, (r + 1) * WIDTH)]));

/** By definition: sort all others of the class by distance, then row. */
function expected(row: number, written: readonly number[], k: number): number[] {
  const at = (r: number): number[] => [...FEATURES.data.subarray(r * WIDTH, (r + 1) * WIDTH)];
  const distance = (r: number): number => at(r).reduce((s, v, j) => s + (v - at(row)[j]!) ** 2, 0);
  const nearest = written.filter((r) => r !== row && LABELS[r] === LABELS[row] && LABELS[row]! >= 0).sort((a, b) => distance(a) - distance(b) || a - b).slice(0, k);
  return nearest.length === 0 ? at(row) : at(row).map((_, j) => nearest.reduce((s, r) => s + at(r)[j]!, 0) / nearest.length);
}

describe('FeatureBank', () => {
  it.each([1, 3, 20])('finds the %i nearest of the class among the rows written so far', async (k) => {
    const bank = await FeatureBank.create(LABELS, WIDTH, createSession);
    const written: number[] = [];
    for (const rows of [[0, 7, 8, 20], [1, 2, 3, 4, 5, 6], Array.from({ length: 25 }, (_, i) => i + 15)]) {
      bank.write(rows, rowsOf(rows));
      written.push(...rows.filter((r) => !written.includes(r)));
      const queries = [0, 7, 2, 4, 39, 12];
      const means = toNumbers(await bank.neighbourMeans(queries, rowsOf(queries), k));
      queries.forEach((row, i) => expected(row, written, k).forEach((v, j) => expect(means[i * WIDTH + j]).toBeCloseTo(v, 5)));
    }
    await bank.release();
  });

  it('takes the lower rows where distances are equal, and overwrites rows', async () => {
    const bank = await FeatureBank.create([0, 0, 0, 0], 1, createSession);
    bank.write([0, 1, 2, 3], float32([4, 1], [0, 1, -1, 1]));
    // 1, 2 and 3 are all at distance 1 from row 0: rows 1 and 2 count
    expect(toNumbers(await bank.neighbourMeans([0], float32([1, 1], [0]), 2))).toEqual([0]);
    bank.write([1], float32([1, 1], [9]));
    // now rows 2 and 3
    expect(toNumbers(await bank.neighbourMeans([0], float32([1, 1], [0]), 1))).toEqual([-1]);
    await bank.release();
  });

  it('gives the query itself where its class has no other row', async () => {
    const bank = await FeatureBank.create([0, 1, -1], 2, createSession);
    bank.write([0, 1, 2], float32([3, 2], [1, 2, 3, 4, 5, 6]));
    expect(toNumbers(await bank.neighbourMeans([0, 2], float32([2, 2], [7, 8, 9, 10]), 3))).toEqual([7, 8, 9, 10]);
    await bank.release();
  });

  it('agrees with the search within a batch', async () => {
    const rows = Array.from({ length: 16 }, (_, i) => i).filter((r) => LABELS[r]! >= 0);
    const bank = await FeatureBank.create(LABELS, WIDTH, createSession);
    bank.write(rows, rowsOf(rows));
    const fromBank = toNumbers(await bank.neighbourMeans(rows, rowsOf(rows), 2));
    await bank.release();
    const b = new NetworkBuilder('batch');
    const target = b.constant(float32([rows.length, 3], rows.flatMap((r) => [0, 1, 2].map((c) => (LABELS[r] === c ? 1 : 0)))));
    b.output(batchNeighbourMeans(b, b.constant(rowsOf(rows)), target, 2), 'means');
    toNumbers(evaluateGraph(b.graph, {})['means']!).forEach((v, i) => expect(fromBank[i]).toBeCloseTo(v, 5));
  });

  it('refuses what does not fit, by name', async () => {
    await expect(FeatureBank.create([0], 0, createSession)).rejects.toThrow('FeatureBank: the width must be a positive integer, got 0');
    const bank = await FeatureBank.create([0, 0], 2, createSession);
    expect(() => bank.write([0], float32([1, 3], [1, 2, 3]))).toThrow('FeatureBank.write: expected float32 [1,2], got float32 [1,3]');
    expect(() => bank.write([2], float32([1, 2], [1, 2]))).toThrow('FeatureBank.write: there is no row 2: the bank has 2');
    await expect(bank.neighbourMeans([0], float32([1, 2], [1, 2]), 0)).rejects.toThrow('k must be a positive integer, got 0');
    await bank.release();
  });
});
