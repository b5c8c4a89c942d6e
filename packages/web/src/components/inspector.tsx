/** The reading of one face: its expression, how sure that is, and what it rests on. */
import { type ReactNode, useEffect, useRef } from 'react';
import { capitalized, degrees, percent } from '../format.ts';
import type { FaceReading } from '../worker/protocol.ts';
import { Bars } from './bars.tsx';
import { Glyph } from './glyph.tsx';
import { UnitBars } from './unit-bars.tsx';

export interface InspectorProps {
  readonly face: FaceReading;
  /** Such as "Face 1 of 3". */
  readonly title: string;
  readonly uncertainBelow: number | undefined;
  /** What the face is cut out of: a picture that has loaded, or a video. */
  readonly picture: CanvasImageSource | null;
  /** Size of the picture in which the face was read, px. */
  readonly size: { readonly width: number; readonly height: number };
  /** Buttons. */
  readonly children?: ReactNode;
}

export function Inspector({ face, title, uncertainBelow, picture, size, children }: InspectorProps) {
  const { top, confidence, uncertain, expressions, pose, quality, actionUnits } = face.prediction;
  return (
    <section className="inspector" aria-label={title}>
      <header className="inspector-head" data-expression={top}>
        <FacePicture face={face} picture={picture} size={size} />
        <div>
          <p className="eyebrow">{title}</p>
          <h2 className="reading">
            <Glyph name={top} size={30} />
            {capitalized(top)}
          </h2>
          <p className="reading-line">
            <strong className="figure">{percent(confidence)}</strong> confidence
            {uncertain && <span className="badge is-uncertain">uncertain</span>}
          </p>
        </div>
      </header>
      {uncertain && uncertainBelow !== undefined && (
        <p className="note">
          Below {percent(uncertainBelow)}: of faces like this one the answer is often wrong, or people disagree
          themselves.
        </p>
      )}
      <Bars expressions={expressions} top={top} />
      {children}
      {actionUnits && <UnitBars units={actionUnits} />}
      <dl className="facts">
        <Fact name="Turned (yaw)" value={degrees(pose.yawDeg)} />
        <Fact name="Raised (pitch)" value={degrees(pose.pitchDeg)} />
        <Fact name="Tilted (roll)" value={degrees(pose.rollDeg)} />
        <Fact name="Size" value={`${Math.round(quality.size)} px`} isPoor={quality.size < 48} />
        <Fact name="Sharpness" value={quality.sharpness.toFixed(2)} isPoor={quality.sharpness < 0.1} />
        <Fact name="Presence" value={quality.presence.toFixed(2)} isPoor={quality.presence < 0.95} />
        <Fact name="Cut off" value={percent(quality.cut)} isPoor={quality.cut > 0.2} />
      </dl>
    </section>
  );
}

function Fact({
  name,
  value,
  isPoor = false,
}: {
  readonly name: string;
  readonly value: string;
  readonly isPoor?: boolean;
}) {
  return (
    <div className={isPoor ? 'fact is-poor' : 'fact'}>
      <dt>{name}</dt>
      <dd>
        {value}
        {isPoor && <span className="visually-hidden"> (poor)</span>}
      </dd>
    </div>
  );
}

/** Side of the cut-out on the page, px. */
const SIDE = 84;
/** How much of the picture around the face's box is shown. */
const AROUND = 1.35;

function FacePicture({ face, picture, size }: Pick<InspectorProps, 'face' | 'picture' | 'size'>) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { box } = face.prediction;
  useEffect(() => {
    const element = canvas.current;
    if (!element || !picture) return;
    const context = element.getContext('2d')!;
    const side = SIDE * devicePixelRatio;
    element.width = element.height = side;
    const span = AROUND * Math.max(box.width, box.height);
    // Pictures may be larger or smaller than what was read from them (SVG, previews)
    const natural =
      (picture as HTMLImageElement).naturalWidth || (picture as HTMLVideoElement).videoWidth || size.width;
    const scale = natural / size.width;
    context.drawImage(
      picture,
      (box.x + box.width / 2 - span / 2) * scale,
      (box.y + box.height / 2 - span / 2) * scale,
      span * scale,
      span * scale,
      0,
      0,
      side,
      side,
    );
  }, [picture, box, size]);
  return <canvas ref={canvas} className="face-picture" aria-hidden="true" style={{ width: SIDE, height: SIDE }} />;
}
