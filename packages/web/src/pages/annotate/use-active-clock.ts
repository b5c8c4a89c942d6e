/** The active time of the work on the page: it stands still when nobody touches anything, or the page is covered. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ActiveClock } from '../../annotate/active-clock.ts';

const TOUCHES = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;
const LOOK_MS = 500;

export interface ActiveTime {
  readonly isPaused: boolean;
  readonly resume: () => void;
  /** Active milliseconds since the last call. */
  readonly take: () => number;
}

export function useActiveClock(idleSeconds: number): ActiveTime {
  const clock = useRef<ActiveClock>(undefined);
  clock.current ??= new ActiveClock(idleSeconds * 1000);
  const [isPaused, setPaused] = useState(false);

  useEffect(() => {
    const own = clock.current!;
    if (!document.hidden) own.touch(performance.now());
    const look = (): void => {
      if (own.stopIfIdle(performance.now())) setPaused(true);
    };
    const touch = (): void => {
      // What wakes it up is told apart by the page: it must not be a label
      look();
      if (!own.isPaused) own.touch(performance.now());
    };
    const hide = (): void => {
      if (!document.hidden) return;
      own.pause(performance.now());
      setPaused(true);
    };
    const timer = setInterval(look, LOOK_MS);
    for (const kind of TOUCHES) addEventListener(kind, touch, { capture: true, passive: true });
    document.addEventListener('visibilitychange', hide);
    return () => {
      clearInterval(timer);
      for (const kind of TOUCHES) removeEventListener(kind, touch, { capture: true });
      document.removeEventListener('visibilitychange', hide);
    };
  }, []);

  const resume = useCallback(() => {
    clock.current!.touch(performance.now());
    setPaused(false);
  }, []);
  const take = useCallback(() => clock.current!.take(performance.now()), []);
  return { isPaused, resume, take };
}
