/**
 * The process whose memory is measured: two epochs of a small network on the images of a folder. Usage: streaming-child.js
 * FOLDER COUNT MEMORY_MIB THREADS
 */
import { join } from 'node:path';
import { recordDataset, RecordImages } from 'mienjs/data/node';
import { conv2d, flatten, linear, maxPool, relu } from 'mienjs/nn';
import { fit, imageRecipe } from 'mienjs/train';
import { residentMiB } from './engine/memory.ts';
import { STREAMED_FILES, STREAMED_SIDE, type StreamingRun } from './streaming.ts';

const [folder, count, memory, threads] = process.argv.slice(2) as [string, string, string, string];
const classes = ['left', 'right'];
const faces = (name: string, n: number): Parameters<typeof recordDataset>[2][string] =>
  Array.from({ length: n }, (_, i) => ({
    id: `${name}${i}`,
    label: classes[i % 2]!,
    image: { file: join(folder, `${i % STREAMED_FILES}.jpg`) },
  }));
const size = { width: STREAMED_SIDE, height: STREAMED_SIDE, channels: 'rgb' } as const;
const dataset = recordDataset(
  folder,
  { name: 'drawn', classes },
  { train: faces('t', Number(count)), validation: faces('v', 64) },
  new RecordImages(size, { memory: Number(memory) * 2 ** 20 }),
);
const recipe = imageRecipe(dataset, {
  id: 'streamed',
  network: {
    name: 'small',
    input: { channels: 3, height: STREAMED_SIDE, width: STREAMED_SIDE },
    build(b, x) {
      const v = maxPool(b, relu(b, conv2d(b, 'conv1', x, { channels: 8, kernel: 5, stride: 4, pad: 2 })), 14);
      return { logits: linear(b, 'logits', flatten(b, v), { features: 2 }) };
    },
  },
  epochs: 2,
  augment: { flip: 0 },
});
const started = performance.now();
const { history } = await fit(recipe, { dataset, out: join(folder, `run-${memory}`), threads: Number(threads) });
const run: StreamingRun = {
  accuracy: history.at(-1)!.accuracies[0]!,
  seconds: (performance.now() - started) / 1000,
  peakMiB: residentMiB('VmHWM'),
};
process.stdout.write(JSON.stringify(run));
