/** A drawn face for each expression. */
import { lookOf } from '../expressions.ts';

export function Glyph({ name, size = 24 }: { readonly name: string; readonly size?: number }) {
  return (
    <svg className="glyph" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" data-expression={name}>
      <circle className="glyph-head" cx="12" cy="12" r="11" />
      <path className="glyph-eyes" d={lookOf(name).eyes} />
      <path className="glyph-strokes" d={lookOf(name).strokes} />
    </svg>
  );
}
