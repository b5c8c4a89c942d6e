/** A box that is drawn, moved and resized by mouse, touch or keyboard. */
import { type PointerEvent, type RefObject, useRef, useState } from 'react';
import { BOX_PARTS, boxBetween, type BoxPart, type DrawnBox, moveBox, type Size } from './shapes.ts';
import { type Spot, useArrows, usePlaceOf } from './use-drawing.ts';

const NAMES: Readonly<Record<BoxPart, string>> = {
  nw: 'Corner at the top left',
  ne: 'Corner at the top right',
  se: 'Corner at the bottom right',
  sw: 'Corner at the bottom left',
  all: 'The whole box',
};

export function BoxEditor({
  place,
  image,
  box,
  isOpen,
  onChange,
}: {
  readonly place: RefObject<HTMLElement | null>;
  readonly image: Size;
  readonly box: DrawnBox | undefined;
  readonly isOpen: boolean;
  readonly onChange: (box: DrawnBox) => void;
}) {
  const spotOf = usePlaceOf(place, image);
  const [part, setPart] = useState<BoxPart>('all');
  const drag = useRef<{ readonly from: Spot; readonly box: DrawnBox | undefined; readonly part: BoxPart | 'new' }>(
    undefined,
  );

  useArrows(isOpen, image, (dx, dy) => {
    const { width, height } = image;
    // From the middle of the image, where there is none yet
    const begun = box ?? { x: width / 4, y: height / 4, width: width / 2, height: height / 2 };
    onChange(moveBox(begun, part, dx, dy, image));
  });

  const down = (event: PointerEvent<HTMLElement>): void => {
    if (!isOpen || event.button !== 0) return;
    const held = (event.target as HTMLElement).dataset['part'] as BoxPart | undefined;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (held) setPart(held);
    drag.current = { from: spotOf(event), box, part: held ?? 'new' };
  };
  const move = (event: PointerEvent<HTMLElement>): void => {
    const { current } = drag;
    if (!current) return;
    const to = spotOf(event);
    if (current.part !== 'new')
      onChange(moveBox(current.box!, current.part, to.x - current.from.x, to.y - current.from.y, image));
    // A tap is not a box
    else if (Math.hypot(to.x - current.from.x, to.y - current.from.y) > 6 * to.perPixel)
      onChange(boxBetween(current.from, to, image));
  };
  const up = (): void => {
    drag.current = undefined;
  };

  return (
    <div className="drawing" onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up}>
      {box &&
        [...BOX_PARTS]
          .reverse()
          .map((one) => (
            <button
              key={one}
              type="button"
              className={one === 'all' ? 'handle is-body' : 'handle'}
              data-part={one}
              aria-label={`${NAMES[one]}: arrow keys move it`}
              aria-pressed={one === part}
              disabled={!isOpen}
              onFocus={() => setPart(one)}
              style={styleOf(one, box, image)}
            />
          ))}
    </div>
  );
}

function styleOf(part: BoxPart, box: DrawnBox, image: Size): Readonly<Record<string, string>> {
  const x = part.endsWith('e') ? box.x + box.width : box.x;
  const y = part.startsWith('s') ? box.y + box.height : box.y;
  const share = (value: number, of: number): string => `${(100 * value) / of}%`;
  return {
    left: share(part === 'all' ? box.x : x, image.width),
    top: share(part === 'all' ? box.y : y, image.height),
    ...(part === 'all' ? { width: share(box.width, image.width), height: share(box.height, image.height) } : {}),
  };
}
