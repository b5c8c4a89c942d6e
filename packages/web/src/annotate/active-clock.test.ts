import { describe, expect, it } from 'vitest';
import { ActiveClock } from './active-clock.ts';

const started = (): ActiveClock => {
  const clock = new ActiveClock(60_000);
  clock.touch(0);
  return clock;
};

describe('active time', () => {
  it('is what passes while touches come', () => {
    const clock = started();
    for (let ms = 10_000; ms <= 90_000; ms += 10_000) clock.touch(ms);
    expect(clock.take(95_000)).toBe(95_000);
    expect(clock.take(99_000)).toBe(4000);
  });

  it('leaves out a pause that is too long, and what passes until the next touch', () => {
    const clock = started();
    clock.touch(5000);
    expect(clock.stopIfIdle(64_999)).toBe(false);
    expect(clock.stopIfIdle(65_000)).toBe(true);
    clock.touch(500_000);
    expect(clock.take(502_000)).toBe(7000);
  });

  it('leaves out a long pause even when nobody looked at the clock in between', () => {
    const clock = started();
    clock.touch(5000);
    clock.touch(200_000);
    expect(clock.take(201_000)).toBe(6000);
  });

  it('stands still while the page is covered', () => {
    const clock = started();
    clock.pause(3000);
    expect([clock.isPaused, clock.take(30_000)]).toEqual([true, 3000]);
    clock.touch(40_000);
    expect(clock.take(41_000)).toBe(1000);
  });
});
