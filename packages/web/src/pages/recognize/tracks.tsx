/** The faces of a camera or video: who was seen how long, and what they showed most. */
import { lazy, memo, type ReactNode, Suspense } from 'react';
import { Glyph } from '../../components/glyph.tsx';
import { clock, percent } from '../../format.ts';
import { facesOf, type Frame } from '../../media/frames.ts';
import type { TimelineProps } from './timeline.tsx';
import { NumberHeads } from '../../components/number-heads.tsx';

// Neither is drawn anew with each frame of a camera, but when there are new frames to draw
const Timeline = memo(lazy(() => import('./timeline.tsx')));
const TracksTable = memo(Table);

export function Tracks({ frames, children, ...span }: TimelineProps & { readonly children?: ReactNode }) {
  return (
    <section className="table-section" aria-label="Over time">
      <header className="section-bar">
        <h2 className="section-title">Over time</h2>
        <div className="section-actions">{children}</div>
      </header>
      <Suspense fallback={<p className="quiet">Drawing …</p>}>
        <Timeline frames={frames} {...span} />
      </Suspense>
      <TracksTable frames={frames} />
    </section>
  );
}

function Table({ frames }: { readonly frames: readonly Frame[] }) {
  const faces = [...facesOf(frames)];
  if (faces.length === 0) return null;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of all faces">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Face</th>
            <th scope="col">Most often</th>
            <NumberHeads names={['Frames', 'From', 'To', 'Mean confidence', 'Uncertain']} />
          </tr>
        </thead>
        <tbody>
          {faces.map(([id, readings]) => {
            const counts = new Map<string, number>();
            for (const { face } of readings)
              counts.set(face.prediction.top, (counts.get(face.prediction.top) ?? 0) + 1);
            const [top, n] = [...counts].sort(([, a], [, b]) => b - a)[0]!;
            const mean = (value: (reading: (typeof readings)[number]) => number): number =>
              readings.reduce((sum, reading) => sum + value(reading), 0) / readings.length;
            return (
              <tr key={id}>
                <th scope="row">{id + 1}</th>
                <td>
                  <span className="cell-expression" data-expression={top}>
                    <Glyph name={top} size={20} /> {top}, {percent(n / readings.length)}
                  </span>
                </td>
                <td className="is-number">{readings.length}</td>
                <td className="is-number">{clock(readings[0]!.timeSec)}</td>
                <td className="is-number">{clock(readings.at(-1)!.timeSec)}</td>
                <td className="is-number">{percent(mean(({ face }) => face.prediction.confidence))}</td>
                <td className="is-number">{percent(mean(({ face }) => Number(face.prediction.uncertain)))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
