/** All photos as a strip: which is shown, which are read, which failed. */
import { useEffect, useRef } from 'react';
import { ToggleGroup } from 'radix-ui';
import { Icon } from '../../components/icons.tsx';
import { lookOf } from '../../expressions.ts';
import { count } from '../../format.ts';
import { type Photo, session } from '../../state/session.ts';

export function Filmstrip({ photos, shown }: { readonly photos: readonly Photo[]; readonly shown: string }) {
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    strip.current?.querySelector('[aria-checked=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [shown]);
  if (photos.length < 2) return null;
  return (
    <ToggleGroup.Root
      ref={strip}
      className="filmstrip"
      type="single"
      aria-label="Photos"
      value={shown}
      onValueChange={(id) => id && session.set({ shown: id, face: 0 })}
    >
      {photos.map((photo) => (
        <ToggleGroup.Item
          key={photo.id}
          value={photo.id}
          className={`frame is-${photo.status}`}
          aria-label={described(photo)}
        >
          {photo.status === 'failed' ? (
            <Icon name="warning" />
          ) : (
            <img src={photo.url} alt="" loading="lazy" draggable={false} />
          )}
          <span className="frame-dots" aria-hidden="true">
            {photo.reading?.faces.slice(0, 8).map(({ prediction }, i) => (
              <i key={i} data-expression={prediction.top} title={lookOf(prediction.top) && prediction.top} />
            ))}
          </span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

function described({ name, status, reading }: Photo): string {
  if (status === 'failed') return `${name}: not read`;
  return reading ? `${name}: ${count(reading.faces.length, 'face')}` : `${name}: waiting`;
}
