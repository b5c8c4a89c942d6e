/** Photos: one on the stage, the others in a strip, the reading of one face beside it, all faces in a table. */
import { useEffect, useState } from 'react';
import { Character, CharacterSwitch } from '../../components/character-switch.tsx';
import { DownloadMenu } from '../../components/download-menu.tsx';
import { Icon } from '../../components/icons.tsx';
import { Inspector } from '../../components/inspector.tsx';
import { Layers } from '../../components/layers.tsx';
import { Stage } from '../../components/stage.tsx';
import { count } from '../../format.ts';
import { go } from '../../routes.ts';
import { modelClient, models } from '../../state/models.ts';
import { type Photo, removePhoto, resultOf, session, shownPhoto } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import type { Saliency } from '../../worker/protocol.ts';
import { FacesTable } from './faces-table.tsx';
import { Filmstrip } from './filmstrip.tsx';
import { isTyped } from './typing.ts';

const NO_FACES: readonly never[] = [];

export function PhotosView() {
  const photo = useStore(session, shownPhoto);
  const { photos, face: selected } = useStore(session, (value) => value);
  const state = useStore(models, (value) => value.state);
  const loaded = state.kind === 'ready' ? state.loaded : undefined;
  const [picture, setPicture] = useState<HTMLImageElement | null>(null);
  const { saliency, isAsking, failure, toggle } = useSaliency(photo, selected);
  useArrowKeys();
  if (!photo) return null;

  const faces = photo.reading?.faces ?? NO_FACES;
  const face = faces[selected];
  const done = photos.filter(({ status }) => status === 'done' || status === 'failed').length;
  return (
    <>
      <div className="workbench">
        <div className="easel">
          <div className="easel-bar">
            <p className="easel-title" title={photo.name}>
              {photo.name}
            </p>
            <CharacterSwitch />
            <Layers />
          </div>
          <div className="easel-field">
            {photo.status === 'failed' ? (
              <div className="failure" role="alert">
                <Icon name="warning" />
                <p>{photo.error}</p>
                <button type="button" className="button" onClick={() => removePhoto(photo.id)}>
                  Close this photo
                </button>
              </div>
            ) : (
              <Stage
                size={photo.reading}
                faces={faces}
                selected={selected}
                onSelect={(index) => session.set({ face: index })}
                saliency={saliency}
                triangles={loaded?.triangles}
              >
                <Picture photo={photo} onLoad={setPicture} />
                {photo.status !== 'done' && <span className="scan" aria-hidden="true" />}
              </Stage>
            )}
          </div>
          <p className="easel-status" role="status">
            {photo.status === 'done' &&
              `${faces.length === 0 ? 'No face was found here' : count(faces.length, 'face')} · ${photo.reading!.width} × ${photo.reading!.height} px · read in ${Math.round(photo.reading!.elapsedMs)} ms`}
            {photo.status === 'working' && 'Looking for faces …'}
            {photo.status === 'waiting' && 'Waiting …'}
          </p>
        </div>
        <aside className="side">
          <Character face={face} name={`${photo.id} ${selected}`} />
          {face ? (
            <Inspector
              key={`${photo.id} ${selected}`}
              face={face}
              title={`Face ${selected + 1} of ${faces.length}`}
              uncertainBelow={loaded?.uncertainBelow}
              picture={picture}
              size={photo.reading!}
            >
              <div className="actions">
                <button
                  type="button"
                  className="button"
                  aria-pressed={saliency !== undefined}
                  onClick={toggle}
                  disabled={isAsking}
                >
                  {isAsking ? 'Covering parts …' : saliency ? 'Hide why' : 'Why this reading?'}
                </button>
                <button type="button" className="button" onClick={() => go('explain-3d')}>
                  <Icon name="cube" /> Turn in 3-D
                </button>
              </div>
              {failure !== undefined && <p className="note is-error">{failure}</p>}
              {saliency && <SaliencyLegend saliency={saliency} />}
            </Inspector>
          ) : (
            <Nothing photo={photo} />
          )}
        </aside>
      </div>
      <Filmstrip photos={photos} shown={photo.id} />
      <FacesTable photos={photos}>
        {done < photos.length && <span className="quiet">{`${done} of ${photos.length} photos are read`}</span>}
        <DownloadMenu
          model={loaded?.model ?? 'default'}
          isDisabled={done === 0}
          results={() =>
            session
              .get()
              .photos.filter(({ status }) => status === 'done' || status === 'failed')
              .map(resultOf)
          }
        />
      </FacesTable>
    </>
  );
}

/** The photo, or, where the browser cannot show its file, what the worker made of it. */
function Picture({
  photo,
  onLoad,
}: {
  readonly photo: Photo;
  readonly onLoad: (picture: HTMLImageElement | null) => void;
}) {
  const [made, setMade] = useState<{ readonly id: string; readonly url: string }>();
  useEffect(() => () => void (made && URL.revokeObjectURL(made.url)), [made]);
  useEffect(() => onLoad(null), [photo.id, onLoad]);
  const url = made?.id === photo.id ? made.url : photo.url;
  return (
    <img
      key={url}
      src={url}
      alt={photo.name}
      draggable={false}
      onLoad={({ currentTarget }) => onLoad(currentTarget)}
      onError={() => {
        if (made?.id === photo.id) return;
        modelClient()
          .then((client) =>
            client.call('preview', { key: photo.id, name: photo.name, file: photo.file }, { priority: 3 }),
          )
          .then((blob) => setMade({ id: photo.id, url: URL.createObjectURL(blob) }))
          // That it cannot be read is what recognition says of it
          .catch(() => undefined);
      }}
    />
  );
}

function Nothing({ photo }: { readonly photo: Photo }) {
  const text = {
    waiting: 'Its turn comes when the models are there and the photos before it are read.',
    working: 'The reading appears here.',
    done: 'Neither an upright nor a turned face was found. Faces should be at least some 24 pixels wide, and two thirds of them visible.',
    failed: 'The other photos are read all the same.',
  }[photo.status];
  return (
    <section className="inspector is-empty" aria-label="Reading">
      <p className="eyebrow">
        {photo.status === 'done' ? 'No face' : photo.status === 'failed' ? 'Not read' : 'Reading'}
      </p>
      <p>{text}</p>
    </section>
  );
}

function SaliencyLegend({ saliency }: { readonly saliency: Saliency }) {
  return (
    <div className="legend">
      <span className="legend-scale" aria-hidden="true" />
      <p>
        <span>speaks against {saliency.expression}</span>
        <span>speaks for it</span>
      </p>
      <p className="field-note">
        Parts of the face were covered one by one; red parts cost the reading up to {Math.round(100 * saliency.range)} %
        points.
      </p>
    </div>
  );
}

/** What the shown face was read from, when it is asked for. */
function useSaliency(photo: Photo | undefined, selected: number) {
  const key = `${photo?.id} ${selected}`;
  const [state, setState] = useState<{ key: string; saliency?: Saliency; isAsking?: boolean; failure?: string }>({
    key,
  });
  const own = state.key === key ? state : { key };
  const toggle = (): void => {
    const face = photo?.reading?.faces[selected];
    if (!photo || !face) return;
    if (own.saliency) return setState({ key });
    setState({ key, isAsking: true });
    modelClient()
      .then((client) =>
        client.call('explain', { key: photo.id, name: photo.name, file: photo.file, face }, { priority: 3 }),
      )
      .then((saliency) => {
        setState((before) => (before.key === key ? { key, saliency } : before));
        // On a phone the picture may be out of sight
        document.querySelector('.easel')?.scrollIntoView({ block: 'nearest' });
      })
      .catch((error: Error) => setState((before) => (before.key === key ? { key, failure: error.message } : before)));
  };
  return { saliency: own.saliency, isAsking: own.isAsking === true, failure: own.failure, toggle };
}

/** Arrows: photos. Square brackets: faces. */
function useArrowKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
      // Menus, switches and lists have arrow keys of their own
      if (
        (event.target as HTMLElement).closest('[role=menu],[role=dialog],[role=radiogroup],[role=group],[role=toolbar]')
      )
        return;
      const { photos, shown, face } = session.get();
      const at = photos.findIndex(({ id }) => id === shown);
      const faces = photos[at]?.reading?.faces.length ?? 0;
      const move = (to: number): void => {
        if (photos[to]) session.set({ shown: photos[to].id, face: 0 });
      };
      if (event.key === 'ArrowLeft') move(at - 1);
      else if (event.key === 'ArrowRight') move(at + 1);
      else if (event.key === '[' && faces > 0) session.set({ face: (face + faces - 1) % faces });
      else if (event.key === ']' && faces > 0) session.set({ face: (face + 1) % faces });
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
