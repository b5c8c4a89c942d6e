/** All faces of all photos. */
import { type ReactNode, useState } from 'react';
import { Glyph } from '../../components/glyph.tsx';
import { count, degrees, percent } from '../../format.ts';
import { type Photo, session } from '../../state/session.ts';
import type { FaceReading } from '../../worker/protocol.ts';
import { NumberHeads } from '../../components/number-heads.tsx';

/** Rows that are shown at first, and more at a time. */
const PAGE = 100;

export function FacesTable({ photos, children }: { readonly photos: readonly Photo[]; readonly children: ReactNode }) {
  const [limit, setLimit] = useState(PAGE);
  const rows = photos.flatMap(rowsOf);
  const faces = rows.filter(({ face }) => face).length;
  return (
    <section className="table-section" aria-label="All faces">
      <header className="section-bar">
        <h2 className="section-title">{faces > 0 ? `All faces: ${faces}` : 'All faces'}</h2>
        <div className="section-actions">{children}</div>
      </header>
      {rows.length === 0 ? (
        <p className="quiet">
          {photos.some(({ status }) => status === 'done')
            ? 'No face was found.'
            : 'Faces are listed here as they are read.'}
        </p>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Table of all faces">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Photo</th>
                <th scope="col">Face</th>
                <th scope="col">Expression</th>
                <NumberHeads names={['Confidence', 'Yaw', 'Pitch', 'Roll', 'Size']} />
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, limit).map(({ photo, face, i }) => (
                <tr key={`${photo.id} ${i}`}>
                  <th scope="row">
                    <button
                      type="button"
                      className="link cell-name"
                      title={photo.name}
                      onClick={() => session.set({ shown: photo.id, face: i })}
                    >
                      {photo.name}
                    </button>
                  </th>
                  {face ? (
                    <>
                      <td>{i + 1}</td>
                      <td>
                        <span className="cell-expression" data-expression={face.prediction.top}>
                          <Glyph name={face.prediction.top} size={20} /> {face.prediction.top}
                          {face.prediction.uncertain && <span className="badge is-uncertain">uncertain</span>}
                        </span>
                      </td>
                      <td className="is-number">{percent(face.prediction.confidence)}</td>
                      <td className="is-number">{degrees(face.prediction.pose.yawDeg)}</td>
                      <td className="is-number">{degrees(face.prediction.pose.pitchDeg)}</td>
                      <td className="is-number">{degrees(face.prediction.pose.rollDeg)}</td>
                      <td className="is-number">{Math.round(face.prediction.quality.size)} px</td>
                    </>
                  ) : (
                    <td colSpan={7} className="cell-error">
                      <span>{photo.error}</span>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > limit && (
        <button type="button" className="button" onClick={() => setLimit(limit + PAGE)}>
          Show {count(Math.min(PAGE, rows.length - limit), 'more row', 'more rows')} of {rows.length - limit}
        </button>
      )}
    </section>
  );
}

interface Row {
  readonly photo: Photo;
  /** Number of the photo, from 0. */
  readonly i: number;
  /** Absent where the photo could not be read. */
  readonly face?: FaceReading;
}

function rowsOf(photo: Photo): Row[] {
  if (photo.status === 'failed') return [{ photo, i: 0 }];
  return (photo.reading?.faces ?? []).map((face, i) => ({ photo, face, i }));
}
