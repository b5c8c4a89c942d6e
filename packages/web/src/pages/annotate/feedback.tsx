/** After an example: whether the answer was the expected one, and why. */
import type { Answer, EventResult, Question } from 'mien-server/contract';
import { Icon } from '../../components/icons.tsx';
import { count } from '../../format.ts';

export function Feedback({
  phase,
  questions,
  onGoOn,
}: {
  readonly phase:
    | { readonly kind: 'checking'; readonly answer: Answer }
    | { readonly kind: 'feedback'; readonly answer: Answer; readonly result: EventResult };
  readonly questions: readonly Question[];
  readonly onGoOn: () => void;
}) {
  const given = questions.flatMap((question) => {
    const value = phase.answer[question.key];
    if (question.kind !== 'choice' || value === undefined) return [];
    const chosen = question.options.filter((option) =>
      Array.isArray(value) ? (value as readonly string[]).includes(option.value) : option.value === value,
    );
    return [
      chosen.length === 0
        ? `none of ${count(question.options.length, 'option')}`
        : chosen.map(({ title }) => title).join(', '),
    ];
  });
  const said = given.length > 0 ? <p className="quiet">You said: {given.join('; ')}</p> : null;
  if (phase.kind === 'checking')
    return (
      <div className="annotator-panel" role="status">
        <p>Looking it up …</p>
        {said}
      </div>
    );
  const { isRight, feedback } = phase.result;
  return (
    <div className="annotator-panel feedback" role="status">
      <h2 className="section-title">
        {isRight === null ? (
          'Thank you'
        ) : isRight ? (
          <>
            <Icon name="check" /> As expected
          </>
        ) : (
          'Others see it otherwise'
        )}
      </h2>
      {said}
      {feedback !== null && <p>{feedback}</p>}
      <button type="button" className="button is-primary" onClick={onGoOn} autoFocus>
        Go on
      </button>
    </div>
  );
}
