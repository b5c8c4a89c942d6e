/** Where pictures come from: files, a folder, the camera, a video. */
import { useRef } from 'react';
import { Icon } from '../../components/icons.tsx';
import { clear, openCamera, openFiles, session } from '../../state/session.ts';
import { useStore } from '../../state/store.ts';

/** @param isWelcome larger, for a page with nothing else on it */
export function Sources({ isWelcome = false }: { readonly isWelcome?: boolean }) {
  const source = useStore(session, (value) => value.source);
  const photos = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const video = useRef<HTMLInputElement>(null);
  const take = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    openFiles([...(currentTarget.files ?? [])]);
    // So that the same file can be chosen again
    currentTarget.value = '';
  };
  return (
    <div className={isWelcome ? 'sources is-welcome' : 'sources'} role="group" aria-label="Open">
      <button
        type="button"
        className={isWelcome ? 'button is-primary' : 'button'}
        onClick={() => photos.current!.click()}
      >
        <Icon name="photos" /> {isWelcome ? 'Choose photos' : 'Photos'}
      </button>
      <button type="button" className="button" onClick={() => folder.current!.click()}>
        <Icon name="folder" /> Folder
      </button>
      <button type="button" className="button" aria-pressed={source === 'camera'} onClick={openCamera}>
        <Icon name="camera" /> Camera
      </button>
      <button type="button" className="button" onClick={() => video.current!.click()}>
        <Icon name="video" /> Video
      </button>
      {!isWelcome && (
        <button type="button" className="button is-plain" onClick={clear}>
          Close all
        </button>
      )}
      <input
        ref={photos}
        hidden
        type="file"
        accept="image/*,.pgm,.ppm,.pbm,.bmp"
        multiple
        onChange={take}
        data-testid="photos"
      />
      <input ref={folder} hidden type="file" {...{ webkitdirectory: '' }} onChange={take} data-testid="folder" />
      <input ref={video} hidden type="file" accept="video/*,.mkv" onChange={take} data-testid="video" />
    </div>
  );
}
