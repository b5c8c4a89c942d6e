/** The page before anything is open. */
import { EXPRESSIONS_8 } from 'mienjs/labels';
import { Glyph } from '../../components/glyph.tsx';
import { Icon } from '../../components/icons.tsx';
import { drawnFace } from '../../media/drawn-face.ts';
import { openFiles, session } from '../../state/session.ts';
import { Sources } from './sources.tsx';

export function Welcome() {
  const tryDrawing = (): void => {
    drawnFace().then(
      (file) => openFiles([file]),
      (error: Error) => session.set({ notice: error.message }),
    );
  };
  return (
    <div className="welcome">
      <div className="welcome-text">
        <h1 className="display">
          What does <em>this face</em> show?
        </h1>
        <p className="lead">
          Open photos, a video or the camera. Every face is found and read: eight expressions, each with how sure the
          reading is.
        </p>
        <Sources isWelcome />
        <p className="hint">
          Or drop files anywhere, paste a picture, or{' '}
          <button type="button" className="link" onClick={tryDrawing}>
            try it with a drawn face
          </button>
          .
        </p>
        <p className="privacy">
          <Icon name="lock" />
          <span>
            <strong>Nothing is uploaded.</strong> The models run in this browser; pictures never leave this device.
          </span>
        </p>
      </div>
      <ul className="faces-of-mien" aria-label="The eight expressions">
        {EXPRESSIONS_8.map((name) => (
          <li key={name} data-expression={name}>
            <Glyph name={name} size={96} />
            <span>{name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
