/** The face that was looked at, as a surface in space that can be turned. */
import { useEffect, useRef, useState } from 'react';
import { ToggleGroup } from 'radix-ui';
import { save } from '../../components/download-menu.tsx';
import { Icon } from '../../components/icons.tsx';
import { LoadStatus } from '../../components/load-status.tsx';
import { useIsDark } from '../../components/use-is-dark.ts';
import { degrees, percent } from '../../format.ts';
import { PAGES } from '../../routes.ts';
import { modelClient } from '../../state/models.ts';
import { session, shownPhoto } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import type { Surface } from '../../worker/protocol.ts';
import { FaceScene, type Look, LOOKS_OF_FACE } from './face-scene.ts';

export default function Explain3dPage() {
  const photo = useStore(session, shownPhoto);
  const selected = useStore(session, (value) => value.face);
  const face = photo?.reading?.faces[selected];
  return (
    <article className="explain-3d">
      <header className="explain-head">
        <h1 className="display is-small">
          The same face, <em>from elsewhere</em>
        </h1>
        <p className="lead">
          A single photo becomes a surface: the mesh that was laid over the face, turned to look at you. What the photo
          does not show is grey.
        </p>
      </header>
      <LoadStatus />
      {photo && face ? (
        <Viewer key={`${photo.id} ${selected}`} id={photo.id} name={photo.name} file={photo.file} index={selected} />
      ) : (
        <div className="failure">
          <Icon name="cube" />
          <p>Open a photo and choose a face in it first.</p>
          <a className="button is-primary" href={PAGES.recognize.path}>
            Choose a face
          </a>
        </div>
      )}
    </article>
  );
}

interface ViewerProps {
  readonly id: string;
  readonly name: string;
  readonly file: File;
  readonly index: number;
}

const TURN = Math.PI / 12;

function Viewer({ id, name, file, index }: ViewerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scene = useRef<FaceScene>(undefined);
  const [surface, setSurface] = useState<Surface>();
  const [failure, setFailure] = useState<string>();
  const [look, setLook] = useState<Look>('photo');
  const isDark = useIsDark();
  const request = () => ({ key: id, name, file, face: shownPhoto(session.get())!.reading!.faces[index]! });

  useEffect(() => {
    let isGone = false;
    modelClient()
      .then((client) => client.call('surface', request(), { priority: 3 }))
      .then((made) => !isGone && setSurface(made))
      .catch((error: Error) => !isGone && setFailure(error.message));
    return () => void (isGone = true);
    // The viewer is made anew for another face
  }, []);

  useEffect(() => {
    if (!surface) return undefined;
    try {
      scene.current = new FaceScene(canvas.current!, surface);
    } catch {
      setFailure(
        'This browser gives the page no WebGL, which the surface is drawn with. Its file can be saved all the same.',
      );
      return undefined;
    }
    const own = scene.current;
    return () => own.release();
  }, [surface]);
  useEffect(() => scene.current?.show(look, isDark), [look, isDark, surface]);

  const turn = (yaw: number, pitch: number): void => scene.current?.turn(yaw, pitch);
  return (
    <div className="viewer">
      <div className="viewer-field">
        {failure !== undefined ? (
          <div className="failure" role="alert">
            <Icon name="warning" />
            <p>{failure}</p>
          </div>
        ) : (
          <canvas
            ref={canvas}
            tabIndex={0}
            role="img"
            aria-label="The face as a surface. Drag to turn it, or use the arrow keys; plus and minus for its size, 0 for the front."
            onKeyDown={(event) => {
              const turns: Readonly<Record<string, () => void>> = {
                ArrowLeft: () => turn(-TURN, 0),
                ArrowRight: () => turn(TURN, 0),
                ArrowUp: () => turn(0, -TURN),
                ArrowDown: () => turn(0, TURN),
                '+': () => scene.current?.zoom(1.15),
                '-': () => scene.current?.zoom(1 / 1.15),
                '0': () => scene.current?.front(),
              };
              const action = turns[event.key];
              if (!action) return;
              event.preventDefault();
              action();
            }}
          />
        )}
        {!surface && failure === undefined && (
          <p className="stage-note" role="status">
            Making the surface …
          </p>
        )}
      </div>
      <aside className="side">
        <section className="inspector" aria-label="View">
          <ToggleGroup.Root
            className="segments"
            type="single"
            aria-label="Drawn as"
            value={look}
            onValueChange={(value) => value && setLook(value as Look)}
          >
            {LOOKS_OF_FACE.map(({ value, title }) => (
              <ToggleGroup.Item key={value} className="segment" value={value}>
                {title}
              </ToggleGroup.Item>
            ))}
          </ToggleGroup.Root>
          <div className="turns" role="group" aria-label="Turn the face">
            <button type="button" className="icon-button" aria-label="Turn left" onClick={() => turn(-TURN, 0)}>
              <Icon name="left" />
            </button>
            <button type="button" className="icon-button" aria-label="Turn up" onClick={() => turn(0, -TURN)}>
              <Icon name="up" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label="From the front"
              onClick={() => scene.current?.front()}
            >
              <Icon name="reset" />
            </button>
            <button type="button" className="icon-button" aria-label="Turn down" onClick={() => turn(0, TURN)}>
              <Icon name="down" />
            </button>
            <button type="button" className="icon-button" aria-label="Turn right" onClick={() => turn(TURN, 0)}>
              <Icon name="right" />
            </button>
          </div>
          {surface && (
            <dl className="facts">
              <div className="fact">
                <dt>Seen in the photo</dt>
                <dd>{percent(surface.visibleShare)}</dd>
              </div>
              <div className="fact">
                <dt>Turned there (yaw)</dt>
                <dd>{degrees(surface.yawDeg)}</dd>
              </div>
              <div className="fact">
                <dt>Raised (pitch)</dt>
                <dd>{degrees(surface.pitchDeg)}</dd>
              </div>
              <div className="fact">
                <dt>Points</dt>
                <dd>{(surface.positions.length / 3).toLocaleString('en-GB')}</dd>
              </div>
            </dl>
          )}
          <button
            type="button"
            className="button"
            disabled={!surface}
            onClick={() => {
              modelClient()
                .then((client) => client.call('glb', request(), { priority: 3 }))
                .then((bytes) =>
                  save(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'model/gltf-binary' }), 'face.glb'),
                )
                .catch((error: Error) => setFailure(error.message));
            }}
          >
            <Icon name="download" /> Save as .glb
          </button>
        </section>
      </aside>
    </div>
  );
}
