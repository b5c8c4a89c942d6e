/** A picture or video with the faces found in it: each is a button that opens its reading. */
import { type ReactNode, useEffect, useRef } from 'react';
import { percent } from '../format.ts';
import { settings } from '../state/settings.ts';
import { useStore } from '../state/store.ts';
import type { FaceReading, Saliency } from '../worker/protocol.ts';
import { drawOverlay } from './overlay.ts';
import { Glyph } from './glyph.tsx';

export interface StageProps {
  /** Size of the picture, px; undefined before it is known. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly faces: readonly FaceReading[];
  /** Index among the faces. */
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  readonly isMirrored?: boolean;
  readonly saliency?: Saliency | undefined;
  readonly triangles: Uint32Array | undefined;
  /** The `<img>` or `<video>`. */
  readonly children: ReactNode;
}

export function Stage(props: StageProps) {
  const { size, faces, selected, onSelect, isMirrored = false, saliency, triangles, children } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { showsBoxes, showsLandmarks, showsMesh } = useStore(settings, (value) => value);

  useEffect(() => {
    const element = canvas.current;
    if (!element || !size) return undefined;
    const draw = (): void =>
      drawOverlay(element, faces, { ...size, isMirrored, showsLandmarks, showsMesh, triangles, saliency });
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [size, faces, isMirrored, showsLandmarks, showsMesh, triangles, saliency]);

  const { width, height } = size ?? { width: 4, height: 3 };
  return (
    <div
      className={isMirrored ? 'stage is-mirrored' : 'stage'}
      style={{ aspectRatio: `${width} / ${height}`, ['--ratio' as string]: width / height }}
    >
      {children}
      <canvas ref={canvas} className="stage-overlay" aria-hidden="true" />
      {size &&
        faces.map(({ id, prediction }, i) => {
          const { box, top, confidence, uncertain } = prediction;
          const x = isMirrored ? width - box.x - box.width : box.x;
          const isSelected = i === selected;
          return (
            <button
              key={id ?? i}
              type="button"
              className={`face-box${isSelected ? ' is-selected' : ''}${uncertain ? ' is-uncertain' : ''}${showsBoxes ? '' : ' is-quiet'}`}
              data-expression={top}
              aria-pressed={isSelected}
              aria-label={`Face ${(id ?? i) + 1}: ${top} ${percent(confidence)}${uncertain ? ', uncertain' : ''}`}
              style={{
                left: `${(100 * x) / width}%`,
                top: `${(100 * box.y) / height}%`,
                width: `${(100 * box.width) / width}%`,
                height: `${(100 * box.height) / height}%`,
              }}
              onClick={() => onSelect(i)}
            >
              {showsBoxes && (
                <span className={box.y / height < 0.09 ? 'face-tag is-inside' : 'face-tag'}>
                  <Glyph name={top} size={18} />
                  <span className="face-tag-text">
                    {top} {percent(confidence)}
                  </span>
                </span>
              )}
            </button>
          );
        })}
    </div>
  );
}
