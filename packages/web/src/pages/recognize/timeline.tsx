/** Expressions over time: a ribbon for each face, its colors as wide as the probabilities. */
import * as Plot from '@observablehq/plot';
import { useCallback, useMemo } from 'react';
import { Chart } from '../../components/plot.tsx';
import { LOOKS } from '../../expressions.ts';
import { capitalized, clock } from '../../format.ts';
import { facesOf, type Frame } from '../../media/frames.ts';
import { useIsDark } from '../../components/use-is-dark.ts';

export interface TimelineProps {
  readonly frames: readonly Frame[];
  /** What the time axis spans, s. */
  readonly fromSec: number;
  readonly toSec: number;
  /** Where the video stands. */
  readonly nowSec?: number;
  readonly onSeek?: (timeSec: number) => void;
}

/** A pause of a face this long, s, breaks its ribbon. */
const GAP_SEC = 1.5;
/** Height of a ribbon, px. */
const RIBBON = 54;
const MARGIN = { left: 62, right: 12, top: 6, bottom: 26 };
/** Points of time that a ribbon shows at most. */
const MAX_POINTS = 400;

interface Point {
  readonly time: number;
  readonly p: number;
  readonly expression: string;
  readonly face: string;
  readonly piece: number;
}

export default function Timeline({ frames, fromSec, toSec, nowSec, onSeek }: TimelineProps) {
  const isDark = useIsDark();
  const { faces, names } = useMemo(() => {
    const shown = frames.filter(({ timeSec }) => timeSec >= fromSec && timeSec <= toSec);
    const [first] = shown.flatMap(({ reading }) => reading.faces);
    return { faces: facesOf(shown), names: Object.keys(first?.prediction.expressions ?? {}) };
  }, [frames, fromSec, toSec]);
  const options = useCallback(
    (widthPx: number): Plot.PlotOptions => ({
      height: faces.size * RIBBON + MARGIN.top + MARGIN.bottom,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: MARGIN.top,
      marginBottom: MARGIN.bottom,
      x: {
        domain: [fromSec, toSec],
        tickFormat: clock,
        label: null,
        ticks: Math.max(2, Math.floor(widthPx / 110)),
      },
      y: { axis: null, domain: [0, 1] },
      fy: { label: null, axis: 'left', padding: 0.12, domain: [...faces.keys()].map(faceName) },
      color: { domain: names, range: names.map((name) => LOOKS[name as 'neutral'][isDark ? 'dark' : 'light']) },
      marks: [
        Plot.areaY(
          points(faces, names),
          Plot.stackY({
            x: 'time',
            y: 'p',
            fill: 'expression',
            fy: 'face',
            z: (d: Point) => `${d.expression} ${d.piece}`,
            order: null,
          }),
        ),
      ],
    }),
    [faces, names, fromSec, toSec, isDark],
  );

  if (faces.size === 0) return <p className="quiet">Expressions over time appear here as faces are read.</p>;
  const share = nowSec === undefined ? undefined : (nowSec - fromSec) / (toSec - fromSec);
  return (
    <div className="timeline">
      <div
        className="timeline-plot"
        onPointerDown={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          const at = (event.clientX - left - MARGIN.left) / (width - MARGIN.left - MARGIN.right);
          onSeek?.(fromSec + Math.min(1, Math.max(0, at)) * (toSec - fromSec));
        }}
      >
        <Chart label={summary(faces)} options={options} />
        {share !== undefined && share >= 0 && share <= 1 && (
          <span
            className="playhead"
            style={{ left: `calc(${MARGIN.left}px + ${share} * (100% - ${MARGIN.left + MARGIN.right}px))` }}
          />
        )}
      </div>
      <ul className="key" aria-hidden="true">
        {Object.keys(LOOKS).map((name) => (
          <li key={name} data-expression={name}>
            <i /> {name}
          </li>
        ))}
      </ul>
    </div>
  );
}

const faceName = (id: number): string => `Face ${id + 1}`;

function points(faces: ReturnType<typeof facesOf>, names: readonly string[]): Point[] {
  return [...faces].flatMap(([id, readings]) => {
    const step = Math.ceil(readings.length / MAX_POINTS);
    let [piece, before] = [0, -Infinity];
    return readings
      .filter((_, i) => i % step === 0)
      .flatMap(({ timeSec, face }) => {
        if (timeSec - before > GAP_SEC * Math.max(1, step)) piece++;
        before = timeSec;
        return names.map((expression) => ({
          time: timeSec,
          p: face.prediction.expressions[expression as 'neutral'] ?? 0,
          expression,
          face: faceName(id),
          piece,
        }));
      });
  });
}

/** For those who do not see the plot. */
function summary(faces: ReturnType<typeof facesOf>): string {
  const parts = [...faces].map(([id, readings]) => {
    const counts = new Map<string, number>();
    for (const { face } of readings) counts.set(face.prediction.top, (counts.get(face.prediction.top) ?? 0) + 1);
    const [top, n] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
    return `${faceName(id)}: ${top} in ${Math.round((100 * n) / readings.length)} % of ${readings.length} frames`;
  });
  return capitalized(`expressions over time. ${parts.join('; ')}`);
}
