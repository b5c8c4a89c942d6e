/** A video file: read picture by picture, then played with its readings. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { Progress } from 'radix-ui';
import { DownloadMenu } from '../../components/download-menu.tsx';
import { Icon } from '../../components/icons.tsx';
import { Inspector } from '../../components/inspector.tsx';
import { Layers } from '../../components/layers.tsx';
import { Stage } from '../../components/stage.tsx';
import { clock, count } from '../../format.ts';
import { durationOf, type Frame, frameAt, frameResult, readVideo } from '../../media/frames.ts';
import { models } from '../../state/models.ts';
import { session } from '../../state/session.ts';
import { settings } from '../../state/settings.ts';
import { useStore } from '../../state/store.ts';
import { Tracks } from './tracks.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

const RATES = [1, 2, 5, 10, 25];
const NO_FRAMES: readonly Frame[] = [];

export function VideoView({ video }: { readonly video: { readonly name: string; readonly url: string } }) {
  const element = useRef<HTMLVideoElement>(null);
  const [duration, setDuration] = useState<number>();
  const [failure, setFailure] = useState<string>();
  const [frames, setFrames] = useState<readonly Frame[]>(NO_FRAMES);
  const [nowSec, setNow] = useState(0);
  const [reader, setReader] = useState<AbortController>();
  const framesPerSecond = useStore(settings, (value) => value.framesPerSecond);
  const selected = useStore(session, (value) => value.face);
  const state = useStore(models, (value) => value.state);
  const loaded = state.kind === 'ready' ? state.loaded : undefined;

  const read = useCallback((): void => {
    const stop = new AbortController();
    element.current!.pause();
    setReader(stop);
    setFrames(NO_FRAMES);
    setFailure(undefined);
    const own: Frame[] = [];
    readVideo(element.current!, settings.get().framesPerSecond, stop.signal, (frame) => {
      own.push(frame);
      setFrames([...own]);
      setNow(frame.timeSec);
    })
      .catch((error: Error) => setFailure(error.message))
      .finally(() => setReader((current) => (current === stop ? undefined : current)));
  }, []);
  useEffect(() => () => reader?.abort(), [reader]);

  // The picture that is shown, as it plays
  useEffect(() => {
    const video_ = element.current!;
    let handle = video_.requestVideoFrameCallback(function shown(_, { mediaTime }) {
      setNow(mediaTime);
      handle = video_.requestVideoFrameCallback(shown);
    });
    return () => video_.cancelVideoFrameCallback(handle);
  }, []);

  const frame = frameAt(frames, nowSec, 1.5 / framesPerSecond);
  const faces = frame?.reading.faces ?? [];
  const at = Math.max(
    0,
    faces.findIndex(({ id }) => id === selected),
  );
  const face = faces[at];
  const done = duration ? Math.min(1, (frames.at(-1)?.timeSec ?? 0) / duration) : 0;
  return (
    <>
      <div className="workbench">
        <div className="easel">
          <div className="easel-bar">
            <p className="easel-title" title={video.name}>
              {video.name}
            </p>
            <Layers />
          </div>
          <div className="easel-field">
            <Stage
              size={frame?.reading ?? frames[0]?.reading ?? sizeOf(element.current)}
              faces={faces}
              selected={at}
              onSelect={(index) => session.set({ face: faces[index]!.id! })}
              triangles={loaded?.triangles}
            >
              <video
                ref={element}
                src={video.url}
                muted
                playsInline
                preload="auto"
                aria-label={video.name}
                onLoadedData={({ currentTarget }) => {
                  durationOf(currentTarget).then(
                    (seconds) => {
                      setDuration(seconds);
                      read();
                    },
                    (error: Error) => setFailure(error.message),
                  );
                }}
                onError={() => setFailure(`${video.name}: is not a video that this browser can play`)}
              />
            </Stage>
          </div>
          <ErrorNote message={failure} />
          <div className="player">
            <button
              type="button"
              className="icon-button"
              aria-label="Play or pause"
              disabled={reader !== undefined || duration === undefined}
              onClick={() => {
                const video_ = element.current!;
                if (video_.paused) void video_.play();
                else video_.pause();
              }}
            >
              <Icon name="play" />
            </button>
            <input
              className="slider"
              type="range"
              aria-label="Place in the video"
              aria-valuetext={clock(nowSec)}
              min={0}
              max={duration ?? 0}
              step={0.01}
              value={nowSec}
              disabled={reader !== undefined || duration === undefined}
              onChange={({ target }) => {
                element.current!.currentTime = Number(target.value);
                setNow(Number(target.value));
              }}
            />
            <span className="figure quiet">
              {clock(nowSec)} / {clock(duration ?? 0)}
            </span>
          </div>
          <div className="easel-status">
            <label className="inline-field">
              Frames a second
              <select
                className="select"
                value={framesPerSecond}
                disabled={reader !== undefined}
                onChange={({ target }) => settings.set({ framesPerSecond: Number(target.value) })}
              >
                {RATES.map((value) => (
                  <option key={value} value={value}>
                    {value}
                  </option>
                ))}
              </select>
            </label>
            {reader ? (
              <>
                <Progress.Root className="progress" value={Math.round(100 * done)} aria-label="Reading the video">
                  <Progress.Indicator className="progress-fill" style={{ transform: `scaleX(${done})` }} />
                </Progress.Root>
                <button type="button" className="button" onClick={() => reader.abort()}>
                  <Icon name="stop" /> Stop
                </button>
              </>
            ) : (
              <>
                <span className="quiet" role="status">
                  {frames.length > 0 && `${count(frames.length, 'frame')} read`}
                </span>
                <button type="button" className="button" disabled={duration === undefined} onClick={read}>
                  Read again
                </button>
              </>
            )}
          </div>
        </div>
        <aside className="side">
          {face && frame ? (
            <Inspector
              face={face}
              title={`Face ${face.id! + 1}, ${clock(frame.timeSec)}`}
              uncertainBelow={loaded?.uncertainBelow}
              picture={element.current}
              size={frame.reading}
            />
          ) : (
            <section className="inspector is-empty" aria-label="Reading">
              <p className="eyebrow">Reading</p>
              <p>{frame ? 'No face is in this picture.' : 'The reading of the picture that is shown appears here.'}</p>
            </section>
          )}
        </aside>
      </div>
      <Tracks
        frames={frames}
        fromSec={0}
        toSec={Math.max(duration ?? 1, 0.1)}
        nowSec={nowSec}
        onSeek={(timeSec) => {
          if (!reader) element.current!.currentTime = timeSec;
        }}
      >
        <DownloadMenu
          model={loaded?.model ?? 'default'}
          isDisabled={frames.length === 0}
          results={() => frames.map((one) => frameResult(video.name, one))}
        />
      </Tracks>
    </>
  );
}

const sizeOf = (video: HTMLVideoElement | null): { width: number; height: number } | undefined =>
  video?.videoWidth ? { width: video.videoWidth, height: video.videoHeight } : undefined;
