/**
 * A recognition process: the server starts it with fork(), and ends it when a photo takes too long. Whatever a photo does
 * to a decoder, it does it here and not in the server.
 */
import { createRecognizer, type Recognizer } from 'mienjs';
import { inspectPhoto } from './inspect-photo.ts';
import type { Answer, Setup, Task } from './messages.ts';
import { recognizePhoto } from './recognize-photo.ts';

// A terminal's Ctrl-C reaches the whole group; the server says when the work is over, by closing the channel
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

const send = (answer: Answer): void => void process.send!(answer);

let loaded: { readonly recognizer: Recognizer; readonly setup: Setup } | undefined;

process.on('message', (message: Setup | Task) => {
  void (loaded ? work(message as Task, loaded.recognizer, loaded.setup) : load(message as Setup));
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

async function work({ id, what, file, bytes }: Task, recognizer: Recognizer, limits: Setup): Promise<void> {
  try {
    const result =
      what === 'inspect'
        ? await inspectPhoto(file, bytes, limits)
        : await recognizePhoto(recognizer, file, bytes, limits);
    send({ kind: 'done', id, result });
  } catch (error) {
    process.stderr.write(`mien: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  }
}
