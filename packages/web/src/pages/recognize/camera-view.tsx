/** The camera: faces are followed from frame to frame. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Switch } from 'radix-ui';
import { Character, CharacterSwitch } from '../../components/character-switch.tsx';
import { DownloadMenu } from '../../components/download-menu.tsx';
import { Icon } from '../../components/icons.tsx';
import { Inspector } from '../../components/inspector.tsx';
import { Layers } from '../../components/layers.tsx';
import { Stage } from '../../components/stage.tsx';
import { count } from '../../format.ts';
import { followCamera, type Frame, frameResult } from '../../media/frames.ts';
import { models } from '../../state/models.ts';
import { session } from '../../state/session.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import type { Loaded } from '../../worker/protocol.ts';
import { Tracks } from './tracks.tsx';

type CameraState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'running' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly message: string };

/** Seconds of the timeline. */
const SPAN_SEC = 30;
/** Frames that are kept to be saved: at 15 a second the last hour. */
const MAX_FRAMES = 54_000;
/** How often timeline and table are drawn anew, ms. */
const REFRESH_MS = 1000;
/** How often the figures of a reading are shown anew, ms: faster nobody reads them, and drawing them takes time too. */
const FIGURES_MS = 125;
/** Frames that the rate is measured over. */
const RATE_FRAMES = 20;
const NO_FRAMES: readonly Frame[] = [];
const NO_MESH = new Float32Array(0);

export function CameraView() {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>({ kind: 'asking' });
  const [run, setRun] = useState(0);
  const frames = useRef<Frame[]>([]);
  const [latest, setLatest] = useState<Frame>();
  /** The latest whose figures are shown. */
  const [told, setTold] = useState<Frame>();
  const [drawn, setDrawn] = useState<readonly Frame[]>(NO_FRAMES);
  const selected = useStore(session, (value) => value.face);
  const isMirrored = useStore(settings, (value) => value.isMirrored);
  const models_ = useStore(models, (value) => value.state);
  const loaded = models_.kind === 'ready' ? models_.loaded : undefined;

  useEffect(() => {
    const stop = new AbortController();
    let stream: MediaStream | undefined;
    frames.current = [];
    setDrawn(NO_FRAMES);
    setLatest(undefined);
    setTold(undefined);
    setState({ kind: 'asking' });
    const start = async (): Promise<void> => {
      stream = await askForCamera();
      if (stop.signal.aborted) return stream.getTracks().forEach((track) => track.stop());
      const element = video.current!;
      element.srcObject = stream;
      await element.play();
      setState({ kind: 'running' });
      stream
        .getVideoTracks()[0]
        ?.addEventListener('ended', () => setState({ kind: 'failed', message: 'The camera was taken away.' }));
      await followCamera(element, stop.signal, (frame) => {
        const before = frames.current.at(-1);
        // Meshes are drawn of the latest frame alone
        if (before) frames.current[frames.current.length - 1] = withoutMesh(before);
        frames.current.push(frame);
        if (frames.current.length > MAX_FRAMES) frames.current.shift();
        setLatest(frame);
        setTold((shown) => (shown && (frame.timeSec - shown.timeSec) * 1000 < FIGURES_MS ? shown : frame));
      });
    };
    start().catch((error: Error) => {
      if (!stop.signal.aborted) setState({ kind: 'failed', message: cameraMessage(error) });
    });
    const timer = setInterval(() => setDrawn([...frames.current]), REFRESH_MS);
    return () => {
      stop.abort();
      clearInterval(timer);
      setDrawn([...frames.current]);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [run]);

  const stopCamera = useCallback(() => {
    const stream = video.current?.srcObject as MediaStream | null;
    video.current?.pause();
    stream?.getTracks().forEach((track) => track.stop());
    setState({ kind: 'stopped' });
  }, []);

  const faces = latest?.reading.faces ?? [];
  const at = Math.max(
    0,
    faces.findIndex(({ id }) => id === selected),
  );
  const face = faces[at];
  const figures = useMemo(
    () => told && <Figures frame={told} selected={selected} loaded={loaded} picture={video.current} />,
    [told, selected, loaded],
  );
  const tracks = useMemo(() => {
    const until = drawn.at(-1)?.timeSec ?? 0;
    return (
      <Tracks frames={drawn} fromSec={Math.max(0, until - SPAN_SEC)} toSec={Math.max(SPAN_SEC, until)}>
        <DownloadMenu
          model={loaded?.model ?? 'default'}
          isDisabled={drawn.length === 0}
          results={() => frames.current.map((frame) => frameResult('camera', frame))}
        />
      </Tracks>
    );
  }, [drawn, loaded]);
  return (
    <>
      <div className="workbench">
        <div className="easel">
          <div className="easel-bar">
            <p className="easel-title">Camera</p>
            <label className="inline-switch">
              <Switch.Root
                className="switch"
                checked={isMirrored}
                onCheckedChange={(value) => settings.set({ isMirrored: value })}
                aria-label="As in a mirror"
              >
                <Switch.Thumb className="switch-thumb" />
              </Switch.Root>
              Mirror
            </label>
            <CharacterSwitch />
            <Layers />
          </div>
          <div className="easel-field">
            {state.kind === 'failed' ? (
              <div className="failure" role="alert">
                <Icon name="camera" />
                <p>{state.message}</p>
                <button type="button" className="button" onClick={() => setRun(run + 1)}>
                  Try again
                </button>
              </div>
            ) : (
              <Stage
                size={latest?.reading}
                faces={faces}
                selected={at}
                onSelect={(index) => session.set({ face: faces[index]!.id! })}
                isMirrored={isMirrored}
                triangles={loaded?.triangles}
              >
                <video ref={video} muted playsInline aria-label="The camera's picture" />
                {state.kind === 'asking' && (
                  <p className="stage-note">Waiting for the camera. Your browser asks whether this page may use it.</p>
                )}
              </Stage>
            )}
          </div>
          <div className="easel-status">
            <span role="status">
              {state.kind === 'running' &&
                (latest ? `${count(faces.length, 'face')} followed` : 'Starting the models …')}
            </span>
            {latest && (
              <span className="quiet" data-testid="rate">
                {rate(frames.current)}
              </span>
            )}
            {state.kind === 'running' && (
              <button type="button" className="button" onClick={stopCamera}>
                <Icon name="stop" /> Stop
              </button>
            )}
            {state.kind === 'stopped' && (
              <button type="button" className="button" onClick={() => setRun(run + 1)}>
                <Icon name="play" /> Start again
              </button>
            )}
          </div>
        </div>
        <aside className="side">
          <Character
            face={face}
            name={`camera ${run} ${face?.id}`}
            timeSec={latest?.timeSec ?? 0}
            isMirrored={isMirrored}
          />
          {figures ?? <NoFigures>The reading of the face in front of the camera appears here.</NoFigures>}
        </aside>
      </div>
      {tracks}
    </>
  );
}

interface FiguresProps {
  readonly frame: Frame;
  readonly selected: number;
  readonly loaded: Loaded | undefined;
  readonly picture: HTMLVideoElement | null;
}

function Figures({ frame: { reading }, selected, loaded, picture }: FiguresProps) {
  const face = reading.faces.find(({ id }) => id === selected) ?? reading.faces[0];
  if (!face) return <NoFigures>No face is in the picture.</NoFigures>;
  return (
    <Inspector
      face={face}
      title={`Face ${face.id! + 1}`}
      uncertainBelow={loaded?.uncertainBelow}
      picture={picture}
      size={reading}
    />
  );
}

function NoFigures({ children }: { readonly children: string }) {
  return (
    <section className="inspector is-empty" aria-label="Reading">
      <p className="eyebrow">Reading</p>
      <p>{children}</p>
    </section>
  );
}

/** Frames a second, and how often the detector was asked. */
function rate(frames: readonly Frame[]): string {
  const last = frames.slice(-RATE_FRAMES);
  if (last.length < 2) return '';
  const seconds = last.at(-1)!.timeSec - last[0]!.timeSec;
  const { searches } = last.at(-1)!.reading;
  return `${((last.length - 1) / seconds).toFixed(1)} frames a second; the detector was asked in ${searches} of ${frames.length}`;
}

const withoutMesh = ({ timeSec, reading }: Frame): Frame => ({
  timeSec,
  reading: { ...reading, faces: reading.faces.map((face) => ({ ...face, mesh: NO_MESH })) },
});

async function askForCamera(): Promise<MediaStream> {
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (!devices) throw new Error('Browsers give cameras only to pages over HTTPS and on localhost.');
  return devices.getUserMedia({
    video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: 'user' },
    audio: false,
  });
}

function cameraMessage(error: Error): string {
  switch (error.name) {
    case 'NotAllowedError':
      return 'This page may not use the camera: allow it in the browser’s bar of addresses, then try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No camera was found.';
    case 'NotReadableError':
      return 'The camera cannot be opened: another program may be using it.';
    default:
      return error.message;
  }
}
