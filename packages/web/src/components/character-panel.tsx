/** The character that wears the expression of the face that is looked at. */
import { useEffect, useRef, useState } from 'react';
import { ToggleGroup } from 'radix-ui';
import { modelClient } from '../state/models.ts';
import { settings } from '../state/settings.ts';
import { useStore } from '../state/store.ts';
import { capitalized } from '../format.ts';
import type { CharacterAnswer, CharacterRequest } from '../worker/character-protocol.ts';
import type { FaceReading } from '../worker/protocol.ts';

/** As `CHARACTERS` of the library, which the page itself does not load. */
const NAMES = ['nora', 'otto', 'pim', 'vera', 'hugo', 'zuri'] as const;
/** Sides of the picture, px: live ones are drawn as fast as a slow machine can, those of photos once. */
const LIVE_SIDE = 192;
const PHOTO_SIDE = 384;

export interface CharacterPanelProps {
  readonly face: FaceReading | undefined;
  /** Names the face among those of all photos and videos. */
  readonly name: string;
  /** Of the frame; absent for a photo. */
  readonly timeSec?: number;
  readonly isMirrored?: boolean;
}

export default function CharacterPanel({ face, name, timeSec, isMirrored = false }: CharacterPanelProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const artist = useRef<Artist>(undefined);
  const chosen = useStore(settings, ({ character }) => character);
  const character = NAMES.find((known) => known === chosen) ?? NAMES[0];
  /** What the picture that is there shows. */
  const [shown, setShown] = useState<string>();
  const [failure, setFailure] = useState<string>();

  useEffect(() => {
    const own = new Artist((answer, title) => {
      const element = canvas.current;
      if (answer.kind === 'failed') return setFailure(answer.message);
      if (!element) return;
      const { pixels } = answer;
      [element.width, element.height] = [pixels.width, pixels.height];
      element.getContext('2d')!.putImageData(pixels, 0, 0);
      setFailure(undefined);
      setShown(title);
    });
    artist.current = own;
    return () => own.release();
  }, []);

  useEffect(() => {
    if (!face || face.mesh.length === 0) return;
    artist.current?.draw(`${capitalized(character)}, showing ${face.prediction.top}`, {
      character,
      face: name,
      mesh: face.mesh,
      expressions: face.prediction.expressions,
      ...(timeSec === undefined ? {} : { timeSec }),
      side: timeSec === undefined ? PHOTO_SIDE : LIVE_SIDE,
      isMirrored,
    });
  }, [face, name, timeSec, character, isMirrored]);

  const isShown = shown !== undefined && face !== undefined;
  return (
    <section className="character" aria-label="Character">
      <div className="character-field">
        <canvas
          ref={canvas}
          role="img"
          data-shows={isShown ? 'picture' : 'nothing'}
          hidden={!isShown}
          aria-label={shown ?? capitalized(character)}
        />
        {!isShown && failure === undefined && (
          <p className="character-note">{face ? 'Drawing …' : 'Waits for a face'}</p>
        )}
        {failure !== undefined && (
          <p className="character-note" role="alert">
            {failure}
          </p>
        )}
      </div>
      <ToggleGroup.Root
        className="segments"
        type="single"
        aria-label="Who wears the expression"
        value={character}
        onValueChange={(value) => value && settings.set({ character: value })}
      >
        {NAMES.map((known) => (
          <ToggleGroup.Item key={known} className="segment" value={known}>
            {capitalized(known)}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </section>
  );
}

/** The worker, which draws one face at a time: of those that come meanwhile the last. */
class Artist {
  readonly #worker: Worker;
  #isReady = false;
  #isBusy = false;
  #next: { readonly title: string; readonly request: CharacterRequest } | undefined;
  /** Of what is being drawn. */
  #title = '';

  constructor(onAnswer: (answer: CharacterAnswer, title: string) => void) {
    this.#worker = new Worker(new URL('../worker/character.worker.ts', import.meta.url), {
      type: 'module',
      name: 'character',
    });
    this.#worker.onmessage = ({ data }: MessageEvent<CharacterAnswer>) => {
      this.#isBusy = false;
      onAnswer(data, this.#title);
      this.#send();
    };
    this.#worker.onerror = ({ message }) => {
      this.#isBusy = false;
      onAnswer({ kind: 'failed', message: message || 'the worker that draws characters did not start' }, '');
    };
    modelClient()
      .then((client) => client.call('canonical', undefined, { priority: 3 }))
      .then((canonical) => {
        this.#canonical = canonical;
        this.#isReady = true;
        this.#send();
      })
      .catch((error: Error) => onAnswer({ kind: 'failed', message: error.message }, ''));
  }

  #canonical: CharacterRequest['canonical'];

  draw(title: string, request: CharacterRequest): void {
    this.#next = { title, request };
    this.#send();
  }

  #send(): void {
    if (!this.#isReady || this.#isBusy || !this.#next) return;
    const { title, request } = this.#next;
    this.#title = title;
    this.#worker.postMessage({ ...request, ...(this.#canonical ? { canonical: this.#canonical } : {}) });
    this.#canonical = undefined;
    this.#next = undefined;
    this.#isBusy = true;
  }

  release(): void {
    this.#worker.terminate();
  }
}
