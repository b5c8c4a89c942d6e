/** Named points that are placed and moved by mouse, touch or keyboard, with a magnified view of what lies under one. */
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { HIDDEN_KEY } from '../../annotate/keys.ts';
import { isTyped } from '../recognize/typing.ts';
import { nearestPoint, type PlacedPoint, placePoint, type Size, toggleHidden } from './shapes.ts';
import { useArrows, usePlaceOf } from './use-drawing.ts';

/** How near to a point a press takes hold of it, px of the screen. */
const REACH_PX = 22;

export function PointsEditor({
  place,
  url,
  image,
  names,
  points,
  active,
  isOpen,
  onActive,
  onChange,
}: {
  readonly place: RefObject<HTMLElement | null>;
  readonly url: string;
  readonly image: Size;
  readonly names: readonly string[];
  readonly points: readonly PlacedPoint[];
  /** Index of the point that is placed or moved. */
  readonly active: number;
  readonly isOpen: boolean;
  readonly onActive: (index: number) => void;
  readonly onChange: (points: PlacedPoint[]) => void;
}) {
  const spotOf = usePlaceOf(place, image);
  const held = useRef<number>(undefined);
  const [isHeld, setHeld] = useState(false);

  useArrows(isOpen, image, (dx, dy) => {
    const { x, y } = points[active] ?? { x: image.width / 2, y: image.height / 2 };
    onChange(placePoint(points, active, { x: x + dx, y: y + dy }, image));
  });
  useEffect(() => {
    if (!isOpen) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== HIDDEN_KEY || event.ctrlKey || event.metaKey || isTyped(event.target)) return;
      onChange(toggleHidden(points, active));
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [isOpen, points, active, onChange]);

  const down = (event: PointerEvent<HTMLElement>): void => {
    if (!isOpen || event.button !== 0) return;
    const spot = spotOf(event);
    const near = nearestPoint(points, spot, REACH_PX * spot.perPixel);
    const isLeft = points.length < names.length;
    held.current = near ?? (isLeft ? points.length : active);
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
    onActive(held.current);
    setHeld(true);
    if (near === undefined) onChange(placePoint(points, held.current, spot, image));
  };
  const move = (event: PointerEvent<HTMLElement>): void => {
    if (held.current !== undefined) onChange(placePoint(points, held.current, spotOf(event), image));
  };
  const up = (): void => {
    if (held.current === undefined) return;
    held.current = undefined;
    setHeld(false);
    // On to the next, until all are there
    if (points.length < names.length) onActive(points.length);
  };

  const shown = points[active] ?? points.at(-1);
  return (
    <div className="drawing" onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up}>
      {points.map(({ x, y, hidden }, i) => (
        <button
          key={i}
          type="button"
          className={`handle is-point${hidden ? ' is-hidden' : ''}`}
          aria-label={`${i + 1} ${names[i] ?? ''}${hidden ? ', hidden' : ''}: arrow keys move it`}
          aria-pressed={i === active}
          disabled={!isOpen}
          onFocus={() => onActive(i)}
          style={{ left: `${(100 * x) / image.width}%`, top: `${(100 * y) / image.height}%` }}
        >
          {i + 1}
        </button>
      ))}
      {shown && isOpen && <Loupe place={place} url={url} image={image} at={shown} isHeld={isHeld} />}
    </div>
  );
}

/** Largest, px of the screen, and the shares of the image's shorter side that it may cover: more while a finger hides the point. */
const LOUPE_PX = 144;
const LOUPE_SHARE = 0.34;
const HELD_SHARE = 0.5;
const MAGNIFIED = 4;

/** In the corner that is farthest from the point. */
function Loupe({
  place,
  url,
  image,
  at,
  isHeld,
}: {
  readonly place: RefObject<HTMLElement | null>;
  readonly url: string;
  readonly image: Size;
  readonly at: PlacedPoint;
  readonly isHeld: boolean;
}) {
  const { clientWidth, clientHeight } = place.current ?? { clientWidth: image.width, clientHeight: image.height };
  const size = Math.min(LOUPE_PX, (isHeld ? HELD_SHARE : LOUPE_SHARE) * Math.min(clientWidth, clientHeight));
  // At least two pixels of the screen for one of the image
  const scale = Math.max(2, (MAGNIFIED * clientWidth) / image.width);
  return (
    <div
      className={`loupe${at.x > image.width / 2 ? ' is-left' : ''}`}
      aria-hidden="true"
      style={{
        width: size,
        height: size,
        backgroundImage: `url("${url}")`,
        backgroundSize: `${image.width * scale}px ${image.height * scale}px`,
        // The border is outside of what the position counts from
        backgroundPosition: `${size / 2 - 2 - at.x * scale}px ${size / 2 - 2 - at.y * scale}px`,
      }}
    />
  );
}
