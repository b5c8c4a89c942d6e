/** A chart of Observable Plot, as wide as its place, with a sentence for those who do not see it. */
import * as Plot from '@observablehq/plot';
import { useEffect, useRef } from 'react';

/** @param options must be the same object while nothing changed; `width` is that of the place */
export function Chart({
  label,
  options,
}: {
  readonly label: string;
  readonly options: (widthPx: number) => Plot.PlotOptions;
}) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const draw = (): void => {
      const width = element.clientWidth;
      const plot = Plot.plot({
        width,
        style: {
          background: 'none',
          fontFamily: 'inherit',
          fontSize: '12px',
          color: 'var(--muted)',
          overflow: 'visible',
        },
        ...options(width),
      });
      // The whole is one picture, with the sentence as its name: its parts have none
      for (const part of plot.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
      element.replaceChildren(plot);
    };
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [options]);
  return <div ref={place} role="img" aria-label={label} />;
}
