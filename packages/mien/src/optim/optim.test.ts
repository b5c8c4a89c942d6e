import { evaluateGraph, GraphBuilder } from '../onnx/index.ts';
import { float32, toNumbers } from '../tensor/index.ts';
import { describe, expect, it } from 'vitest';
import {
  clipFactor,
  constant,
  cosine,
  oneCycle,
  plateau,
  squaredNorm,
  stepDecay,
  warmRestarts,
  warmUp,
  type Progress,
} from './index.ts';

const at = (step: number, validationLosses: number[] = []): Progress => ({
  step,
  stepsPerEpoch: 10,
  totalSteps: 100,
  validationLosses,
});

describe('schedules', () => {
  it('constant', () => expect(constant(at(57))).toBe(1));
  it('steps at the given epochs', () =>
    expect([0, 29, 30, 79, 80].map((s) => stepDecay([3, 8])(at(s)))).toEqual([1, 1, 0.1, 0.1, 0.1 ** 2]));
  it('cosine falls from 1 through a half to its floor', () => {
    expect(cosine()(at(0))).toBe(1);
    expect(cosine(0.2)(at(50))).toBeCloseTo(0.6);
    expect(cosine(0.2)(at(100))).toBeCloseTo(0.2);
  });
  it('one cycle rises to 1 and falls', () => {
    const schedule = oneCycle({ peakAt: 0.25, start: 0.1, end: 0.01 });
    expect(schedule(at(0))).toBeCloseTo(0.1);
    expect(schedule(at(25))).toBeCloseTo(1);
    expect(schedule(at(100))).toBeCloseTo(0.01);
  });
  it('warms up linearly, then follows the other schedule', () => {
    const schedule = warmUp(2, stepDecay([5], 0.5));
    expect(schedule(at(0))).toBeCloseTo(0.05);
    expect(schedule(at(9))).toBeCloseTo(0.5);
    expect(schedule(at(60))).toBe(0.5);
  });
  it('restarts from lower peaks, whatever the length of the run', () => {
    const schedule = warmRestarts({ epochs: 4, peaks: [1, 0.5], warmUp: 1, start: 0.2, end: 0.01 });
    expect(schedule(at(0))).toBeCloseTo(0.2);
    expect(schedule(at(5))).toBeCloseTo(0.6);
    expect(schedule(at(10))).toBeCloseTo(1);
    expect(schedule(at(25))).toBeCloseTo((1 + 0.01) / 2);
    expect(schedule(at(39))).toBeLessThan(0.02);
    expect(schedule(at(40))).toBeCloseTo(0.5);
    expect(schedule(at(60))).toBeCloseTo((0.5 + 0.01) / 2);
    // the last peak goes on
    expect(schedule(at(80))).toBeCloseTo(0.5);
    expect(schedule({ ...at(60), totalSteps: 1000 })).toBe(schedule(at(60)));
  });
  it('halves on a plateau, and counts anew after it', () => {
    const schedule = plateau({ patience: 2 });
    expect(schedule(at(0, [3, 2, 2.1]))).toBe(1);
    expect(schedule(at(0, [3, 2, 2.1, 2.2]))).toBe(0.5);
    expect(schedule(at(0, [3, 2, 2.1, 2.2, 2.3]))).toBe(0.5);
    expect(schedule(at(0, [3, 2, 2.1, 2.2, 2.3, 2.4]))).toBe(0.25);
    expect(schedule(at(0, [3, 2, 2.1, 1.9, 2.0]))).toBe(1);
  });
});

describe('clipFactor', () => {
  it.each([
    { maxNorm: 1, factor: 0.2 },
    { maxNorm: 100, factor: 1 },
  ])('over all gradients together, at most $maxNorm', ({ maxNorm, factor }) => {
    const b = new GraphBuilder('clip');
    const grads = [b.input('a', 'float32', [1]), b.input('b', 'float32', [2])];
    b.output(
      clipFactor(
        b,
        grads.map((g) => squaredNorm(b, g)),
        maxNorm,
      ),
      'factor',
    );
    expect(
      toNumbers(evaluateGraph(b.graph, { a: float32([1], [3]), b: float32([2], [0, 4]) })['factor']!)[0],
    ).toBeCloseTo(factor, 6);
  });
  it('takes a squared norm just below 0, as rounding may leave it, for 0', () => {
    const b = new GraphBuilder('clip');
    b.output(clipFactor(b, [b.constant(-1e-9)], 1), 'factor');
    expect(toNumbers(evaluateGraph(b.graph, {})['factor']!)).toEqual([1]);
  });
});
