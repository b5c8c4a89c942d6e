/** From the pointer to pixels of the image, and arrow keys to steps. */
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { isTyped } from '../recognize/typing.ts';
import type { Size } from './shapes.ts';

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** @returns where in the image a pointer is, and how many of its pixels one of the screen covers */
export function usePlaceOf(
  place: RefObject<HTMLElement | null>,
  image: Size,
): (event: { readonly clientX: number; readonly clientY: number }) => Spot & { readonly perPixel: number } {
  return useCallback(
    ({ clientX, clientY }) => {
      const { left, top, width } = place.current!.getBoundingClientRect();
      const perPixel = image.width / width;
      return { x: (clientX - left) * perPixel, y: (clientY - top) * perPixel, perPixel };
    },
    [place, image],
  );
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Steps across the image's longer side. */
const STEPS = 400;
const LARGE = 10;

/** Calls `onStep` with pixels of the image for each arrow key; with Shift they are ten times as many. */
export function useArrows(isOpen: boolean, image: Size, onStep: (dx: number, dy: number) => void): void {
  const step = useRef(onStep);
  step.current = onStep;
  const { width, height } = image;
  useEffect(() => {
    if (!isOpen) return undefined;
    const small = Math.max(0.5, Math.max(width, height) / STEPS);
    const press = (event: KeyboardEvent): void => {
      const arrow = ARROWS[event.key];
      if (!arrow || event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
      event.preventDefault();
      const size = event.shiftKey ? LARGE * small : small;
      step.current(arrow[0] * size, arrow[1] * size);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [isOpen, width, height]);
}
