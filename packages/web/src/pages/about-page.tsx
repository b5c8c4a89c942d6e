/** What the page does, what it does not, and its keys. */
import { account } from '../state/account.ts';
import { useStore } from '../state/store.ts';

const KEYS: readonly (readonly [string, string])[] = [
  ['← →', 'the photo before, the next one'],
  ['[ ]', 'the face before, the next one'],
  ['B', 'boxes'],
  ['L', 'landmarks'],
  ['M', 'mesh'],
  ['Ctrl V', 'paste a picture'],
];

export function AboutPage() {
  const session = useStore(account, (value) => value.session);
  return (
    <article className="prose">
      <h1 className="display is-small">
        A look is <em>not</em> a feeling
      </h1>
      <p className="lead">
        Mien reads how an expression appears to people who label pictures. It does not know what anyone feels, means or
        is.
      </p>
      <div className="columns">
        <section>
          <h2>What stays here</h2>
          <p>
            Everything. Photos, the camera’s picture and videos are read by networks that run in this browser. No
            picture, no number and no name is sent anywhere, and nothing is kept when the page is closed, except the
            networks themselves and your settings.
          </p>
          <p>After the first visit the page works without a network.</p>
        </section>
        {session && (
          <section>
            <h2>What goes to the server</h2>
            <p>
              This page comes from a server of Mien. Who signs in there can label images of its projects: labels, and
              the time they take, are sent to it.{' '}
              {session.user === null ? (
                <>
                  <a href="account">Sign in</a> to take part.
                </>
              ) : (
                <>
                  You are signed in as {session.user.name}: see <a href="#/annotate">your projects</a>, and{' '}
                  <a href="account">your account</a>.
                </>
              )}
            </p>
          </section>
        )}
        <section>
          <h2>What the numbers mean</h2>
          <p>
            The bars are calibrated: of faces that the default model reads with 80 % confidence, about 80 % carry that
            label by most of their annotators, on data like those it was trained with. Below a model’s threshold a
            reading is marked <span className="badge is-uncertain">uncertain</span>. Rare expressions (disgust, fear,
            contempt) are read least well; see <a href="#/models">the models</a>.
          </p>
        </section>
        <section>
          <h2>What it is not for</h2>
          <p>
            Do not decide about people with it: hiring, policing, credit, schooling, health. Errors differ between
            groups of people and were not measured by group. Ask people before you read their faces.
          </p>
        </section>
        <section>
          <h2>Pictures and videos</h2>
          <p>
            JPEG, PNG, WebP, GIF, BMP, PGM, PPM and PBM, and AVIF or HEIC where the browser decodes them. Videos that
            the browser plays. A file that cannot be read is named, and the others are read all the same.
          </p>
          <p>
            Tables and JSON have the same form and, but for the last digits, the same numbers as those of the command{' '}
            <code>mien recognize</code>.
          </p>
        </section>
        <section>
          <h2>Keys</h2>
          <dl className="keys">
            {KEYS.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h2>Processor or graphics processor</h2>
          <p>
            The networks run as WebAssembly, with threads where the page is served with the headers of cross-origin
            isolation, or on WebGPU where the browser has it. WebGPU has been tried less: if readings look wrong, choose
            WebAssembly in the settings.
          </p>
        </section>
      </div>
      <p className="quiet">
        Apache-2.0. The face networks are MediaPipe’s (Apache-2.0). Type: Instrument Sans and Instrument Serif (SIL Open
        Font License 1.1).
      </p>
    </article>
  );
}
