/** Recognise: photos, a camera or a video, wholly in the browser. */
import { useEffect, useState } from 'react';
import { LoadStatus } from '../../components/load-status.tsx';
import { Icon } from '../../components/icons.tsx';
import { toggleLayer } from '../../components/layers.tsx';
import { filesOf } from '../../media/collect.ts';
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
  const isDragged = useDrop();
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

/** The whole window takes files. @returns whether some are above it */
function useDrop(): boolean {
  const [isDragged, setDragged] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDragged(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const drop = (event: DragEvent): void => {
      setDragged(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      filesOf(event.dataTransfer!).then(openFiles, (error: Error) =>
        session.set({ notice: `What was dropped cannot be read: ${error.message}` }),
      );
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isDragged;
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
