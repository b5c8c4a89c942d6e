/** The image, as large as its place allows, and what is drawn on it. */
import type { Answer, AnswerValue, Assignment, Question } from 'mien-server/contract';
import { useRef } from 'react';
import { BoxEditor } from './box-editor.tsx';
import { PointsEditor } from './points-editor.tsx';
import type { DrawnBox, PlacedPoint } from './shapes.ts';

export interface LabelStageProps {
  readonly assignment: Pick<Assignment, 'width' | 'height' | 'others'>;
  readonly url: string | undefined;
  readonly error: string | undefined;
  readonly onReload?: () => void;
  readonly question: Question;
  readonly value: AnswerValue | undefined;
  /** To all questions, so far. */
  readonly answer: Answer;
  readonly isOpen: boolean;
  readonly onChange: (value: AnswerValue | undefined) => void;
  readonly point: number;
  readonly onPoint: (index: number) => void;
  /** What the image is called where it is read out. */
  readonly alt?: string;
}

export function LabelStage(props: LabelStageProps) {
  const { assignment, url, error, onReload, question, value, answer, isOpen, onChange, point, onPoint, alt } = props;
  const { width, height, others } = assignment;
  const place = useRef<HTMLDivElement>(null);
  const isDrawn = question.kind !== 'choice';
  return (
    <div className="label-field">
      <div
        ref={place}
        className={isDrawn ? 'label-stage is-drawn' : 'label-stage'}
        style={{ aspectRatio: `${width} / ${height}`, ['--ratio' as string]: width / height }}
      >
        {url !== undefined && <img src={url} alt={alt ?? 'To be labelled'} decoding="sync" draggable={false} />}
        {url === undefined && error === undefined && (
          <p className="stage-note" role="status">
            The image is on its way …
          </p>
        )}
        {error !== undefined && (
          <div className="stage-note" role="alert">
            <p>{error}</p>
            {onReload && (
              <button type="button" className="button" onClick={onReload}>
                Try again
              </button>
            )}
          </div>
        )}
        {url !== undefined && (
          <>
            <svg className="label-shapes" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
              {others?.map((other, i) => (
                <Shapes key={i} answer={other} className={`is-other is-other-${i}`} />
              ))}
              <Shapes answer={answer} className="is-own" />
            </svg>
            {question.kind === 'box' && (
              <BoxEditor
                key={question.key}
                place={place}
                image={assignment}
                box={value as DrawnBox | undefined}
                isOpen={isOpen}
                onChange={onChange}
              />
            )}
            {question.kind === 'points' && (
              <PointsEditor
                key={question.key}
                place={place}
                url={url}
                image={assignment}
                names={question.points.map(({ title }) => title)}
                points={(value as readonly PlacedPoint[] | undefined) ?? []}
                active={point}
                isOpen={isOpen}
                onActive={onPoint}
                onChange={onChange}
              />
            )}
          </>
        )}
      </div>
    </div>
  );
}

/** Boxes of an answer; its points are drawn where they are moved. */
function Shapes({ answer, className }: { readonly answer: Answer; readonly className: string }) {
  return Object.entries(answer).map(([key, value]) => {
    if (typeof value === 'object' && 'width' in value) return <rect key={key} className={className} {...value} />;
    if (!Array.isArray(value) || className === 'is-own') return null;
    return (value as readonly (PlacedPoint | string)[]).map((point, i) =>
      typeof point === 'string' ? null : (
        <path key={`${key} ${i}`} className={className} d={`M${point.x} ${point.y}h0.001`} />
      ),
    );
  });
}
