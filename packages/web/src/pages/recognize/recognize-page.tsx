/** Recognise: photos, a camera or a video, wholly in the browser. */
import { useEffect } from 'react';
import { LoadStatus } from '../../components/load-status.tsx';
import { Icon } from '../../components/icons.tsx';
import { toggleLayer } from '../../components/layers.tsx';
import { useDrop } from '../../components/use-drop.ts';
import { modelClient } from '../../state/models.ts';
import { openFiles, session } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';
import { CameraView } from './camera-view.tsx';
import { isTyped } from './typing.ts';
import { PhotosView } from './photos-view.tsx';
import { Sources } from './sources.tsx';
import { VideoView } from './video-view.tsx';
import { Welcome } from './welcome.tsx';

export function RecognizePage() {
  const { source, photos, notice, video } = useStore(session, (value) => value);
  const isEmpty = source === 'photos' && photos.length === 0;
  const isDragged = useDrop(openFiles, ({ message }) =>
    session.set({ notice: `What was dropped cannot be read: ${message}` }),
  );
  usePaste();
  useLayerKeys();
  // So that the first photo does not wait for all of it; a failure shows in LoadStatus
  useEffect(() => void modelClient().catch(() => undefined), []);

  return (
    <div className={isEmpty ? 'recognize is-empty' : 'recognize'}>
      <LoadStatus />
      {notice !== undefined && (
        <p className="banner" role="status">
          <Icon name="warning" /> <span>{notice}</span>
          <button
            type="button"
            className="icon-button is-small"
            aria-label="Dismiss"
            onClick={() => session.set({ notice: undefined })}
          >
            <Icon name="close" />
          </button>
        </p>
      )}
      {isEmpty ? (
        <Welcome />
      ) : (
        <>
          <Sources />
          {source === 'photos' && <PhotosView />}
          {source === 'camera' && <CameraView />}
          {source === 'video' && video && <VideoView key={video.url} video={video} />}
        </>
      )}
      {isDragged && (
        <div className="drop-shade" aria-hidden="true">
          <p>Drop photos, folders or a video</p>
        </div>
      )}
    </div>
  );
}

function usePaste(): void {
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => openFiles([...(event.clipboardData?.files ?? [])]);
    addEventListener('paste', paste);
    return () => removeEventListener('paste', paste);
  }, []);
}

function useLayerKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
      if (toggleLayer(event.key)) event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
