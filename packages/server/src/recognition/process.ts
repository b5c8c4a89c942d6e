/**
 * A recognition process: the server starts it with fork(), and ends it when a photo takes too long. Whatever a photo does
 * to a decoder, it does it here and not in the server.
 */
import { createRecognizer, type Recognizer } from 'mienjs';
import { withActionUnits } from 'mienjs/animate';
import { npmFaceNetworks } from 'mienjs/face/node';
import { inspectPhoto } from './inspect-photo.ts';
import type { Answer, Setup, Task } from './messages.ts';
import { type FaceReader, recognizePhoto } from './recognize-photo.ts';

// A terminal's Ctrl-C reaches the whole group; the server says when the work is over, by closing the channel
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

const send = (answer: Answer): void => void process.send!(answer);

interface Loaded {
  readonly setup: Setup;
  readonly recognizer: Recognizer;
  /** Made when it is first asked for. */
  withUnits?: Promise<FaceReader>;
}
let loaded: Loaded | undefined;

process.on('message', (message: Setup | Task) => {
  void (loaded ? work(message as Task, loaded) : load(message as Setup));
});

async function load(setup: Setup): Promise<void> {
  try {
    const { model, views, device, threads } = setup;
    const recognizer = await createRecognizer({ model, views, device, threads });
    loaded = { recognizer, setup };
    send({ kind: 'ready', model: recognizer.model, classes: recognizer.classes });
  } catch (error) {
    send({ kind: 'unusable', message: error instanceof Error ? error.message : String(error) });
  }
}

async function readerOf(own: Loaded, actionUnits: boolean): Promise<FaceReader> {
  if (!actionUnits) return own.recognizer;
  return (own.withUnits ??= npmFaceNetworks
    .canonicalFace()
    .then((canonical) => withActionUnits(own.recognizer, canonical)));
}

async function work({ id, what, actionUnits, file, bytes }: Task, own: Loaded): Promise<void> {
  try {
    const result =
      what === 'inspect'
        ? await inspectPhoto(file, bytes, own.setup)
        : await recognizePhoto(await readerOf(own, actionUnits), file, bytes, own.setup);
    send({ kind: 'done', id, result });
  } catch (error) {
    process.stderr.write(`mien: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  }
}
