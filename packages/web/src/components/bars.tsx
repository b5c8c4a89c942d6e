/** The probabilities of a face's expressions, in the model's order, so that faces can be compared. */
import { capitalized, percent1 } from '../format.ts';
import { Glyph } from './glyph.tsx';

export function Bars({
  expressions,
  top,
}: {
  readonly expressions: Readonly<Partial<Record<string, number>>>;
  readonly top: string;
}) {
  return (
    <ul className="bars" aria-label="Probabilities">
      {Object.entries(expressions).map(([name, p = 0]) => (
        <li key={name} className={name === top ? 'bar is-top' : 'bar'} data-expression={name}>
          <Glyph name={name} size={22} />
          <span className="bar-name">{capitalized(name)}</span>
          <span className="bar-track" aria-hidden="true">
            <span className="bar-fill" style={{ transform: `scaleX(${p})` }} />
          </span>
          <span className="bar-value">{percent1(p)}</span>
        </li>
      ))}
    </ul>
  );
}
