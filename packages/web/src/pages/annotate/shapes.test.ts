import { describe, expect, it } from 'vitest';
import { boxBetween, moveBox, nearestPoint, placePoint, toggleHidden } from './shapes.ts';

const IMAGE = { width: 100, height: 80 };
const BOX = { x: 10, y: 20, width: 30, height: 40 };

describe('boxes', () => {
  it('are drawn from any corner, within the image', () => {
    expect(boxBetween({ x: 50, y: 60 }, { x: -5, y: 30 }, IMAGE)).toEqual({ x: 0, y: 30, width: 50, height: 30 });
  });

  it('move as a whole, and stop at the edge', () => {
    expect(moveBox(BOX, 'all', 5, -5, IMAGE)).toEqual({ ...BOX, x: 15, y: 15 });
    expect(moveBox(BOX, 'all', 500, 0, IMAGE)).toEqual({ ...BOX, x: 70 });
  });

  it('are resized at a corner, the one across from it stays', () => {
    expect(moveBox(BOX, 'nw', -4, 6, IMAGE)).toEqual({ x: 6, y: 26, width: 34, height: 34 });
    expect(moveBox(BOX, 'se', 10, 500, IMAGE)).toEqual({ x: 10, y: 20, width: 40, height: 60 });
    expect(moveBox(BOX, 'ne', -500, 0, IMAGE)).toEqual({ x: 10, y: 20, width: 2, height: 40 });
  });
});

describe('points', () => {
  it('are placed one after the other, moved, and stay hidden when they move', () => {
    let points = placePoint([], 0, { x: 12.34, y: 5 }, IMAGE);
    points = placePoint(points, 1, { x: 400, y: -3 }, IMAGE);
    points = placePoint(toggleHidden(points, 1), 1, { x: 50, y: 50 }, IMAGE);
    expect(points).toEqual([
      { x: 12.3, y: 5, hidden: false },
      { x: 50, y: 50, hidden: true },
    ]);
    expect([nearestPoint(points, { x: 48, y: 50 }, 5), nearestPoint(points, { x: 30, y: 30 }, 5)]).toEqual([
      1,
      undefined,
    ]);
  });
});
