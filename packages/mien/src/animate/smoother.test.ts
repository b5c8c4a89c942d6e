import { describe, expect, it } from 'vitest';
import { sidesOf } from '../synth/index.ts';
import type { ExpressionFit } from './expression-fitter.ts';
import { ExpressionSmoother } from './smoother.ts';

const STRAIGHT = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 };
const smiling = (value: number, units: ExpressionFit['units'] = {}): ExpressionFit => ({
  units: { 12: value, ...units },
  pose: STRAIGHT,
});

describe('ExpressionSmoother', () => {
  it('comes as near in the same time, whatever the frame rate', () => {
    const after = (frames: number): number => {
      const smoother = new ExpressionSmoother();
      smoother.next(smiling(0), 0);
      let last = smiling(0);
      for (let i = 1; i <= frames; i++) last = smoother.next(smiling(1), (0.12 * i) / frames);
      return sidesOf(last.units[12]).left;
    };
    for (const frames of [1, 3, 12]) expect(after(frames)).toBeCloseTo(1 - Math.exp(-1), 6);
  });

  it('lets go of units that are no longer there, and follows lids faster', () => {
    const smoother = new ExpressionSmoother();
    smoother.next(smiling(1), 0);
    const { units } = smoother.next({ units: { 43: 1 }, pose: STRAIGHT }, 0.06);
    const [smile, lids] = [sidesOf(units[12]).left, sidesOf(units[43]).left];
    expect(smile).toBeCloseTo(Math.exp(-0.5), 6);
    expect(lids).toBeCloseTo(1 - Math.exp(-1.5), 6);
  });

  it('begins anew after a pause, and for times that go back', () => {
    for (const timeSec of [5, -1]) {
      const smoother = new ExpressionSmoother();
      smoother.next(smiling(0), 0);
      expect(smoother.next(smiling(1), timeSec)).toEqual(smiling(1));
    }
  });

  it('stays where it is for two frames of one time, and wants a time constant', () => {
    const smoother = new ExpressionSmoother();
    smoother.next(smiling(0.4), 0);
    expect(sidesOf(smoother.next(smiling(1), 0).units[12])).toEqual({ left: 0.4, right: 0.4 });
    for (const seconds of [0, -1, NaN])
      expect(() => new ExpressionSmoother({ seconds })).toThrow(`seconds: expected more than 0, got ${seconds}`);
  });

  it('follows a head that turns far faster', () => {
    const after = (yawDeg: number): number => {
      const smoother = new ExpressionSmoother();
      smoother.next(smiling(0), 0);
      return smoother.next({ units: {}, pose: { ...STRAIGHT, yawDeg } }, 0.04).pose.yawDeg / yawDeg;
    };
    expect(after(25)).toBeCloseTo(1 - Math.exp(-1), 6);
    expect(after(1)).toBeLessThan(0.35);
  });

  it('evens out what trembles', () => {
    const smoother = new ExpressionSmoother();
    const shown = Array.from(
      { length: 60 },
      (_, i) => sidesOf(smoother.next(smiling(0.5 + 0.1 * (-1) ** i), i / 30).units[12]).left,
    ).slice(30);
    expect(Math.max(...shown) - Math.min(...shown)).toBeLessThan(0.05);
  });
});
