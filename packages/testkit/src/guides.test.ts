/** The guides' code: what a guide shows is the example's file, and the example does what the guide says. */
import { decodeModel } from 'mienjs/onnx';
import { readModelFile } from 'mienjs/onnx/node';
import { createSession } from 'mienjs/runtime';
import { zeros } from 'mienjs/tensor';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { trainTwoHeads } from '../../../examples/beyond-one-class.ts';
import { fineTune } from '../../../examples/fine-tune-onnx.ts';
import { officialCsv, withFiles } from './fer-fixtures.ts';

const root = new URL('../../../', import.meta.url);
const resnet = fileURLToPath(new URL('packages/mien/src/train/golden/resnet18.onnx', root));

it.each(['fine-tune-onnx', 'beyond-one-class'])('%s.md shows its example', async (name) => {
  const guide = await readFile(new URL(`docs/guides/${name}.md`, root), 'utf8');
  expect(/```ts\n([^]*?)```/.exec(guide)![1]).toBe(await readFile(new URL(`examples/${name}.ts`, root), 'utf8'));
});

it('trains two heads, and stops when it is told to', async () => {
  await withFiles({}, async (folder) => {
    const { metrics, valueMetrics } = await trainTwoHeads(join(folder, 'out'));
    expect(metrics[0]!.accuracy).toBeGreaterThan(0.9);
    expect(valueMetrics![0]).toMatchObject({ output: 'units', n: 24, byName: { AU12: { n: 24 } } });
    expect(valueMetrics![0]!.mean['f1']).toBeGreaterThan(0.8);
    await expect(trainTwoHeads(join(folder, 'stopped'), AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });
});

it('fine-tunes and saves, with frozen layers as they were', async () => {
  const rows = Array.from({ length: 48 }, (_, i) => ({ emotion: i % 7, usage: i < 32 ? 'Training' : 'PublicTest' }));
  await withFiles({ 'fer2013.csv': officialCsv(rows) }, async (folder) => {
    const { history, weights, modelPath } = await fineTune(resnet, join(folder, 'fer2013.csv'), join(folder, 'out'));
    expect(history).toHaveLength(2);
    const before = (await readModelFile(resnet)).initializers;
    expect(weights.get('layer1.0.conv1.weight')!.data).toEqual(before.get('layer1.0.conv1.weight')!.data);
    expect(weights.get('layer2.0.conv1.weight')!.data).not.toEqual(before.get('layer2.0.conv1.weight')!.data);
    expect(weights.get('layer1.0.bn1.running_mean')!.data).toEqual(before.get('layer1.0.bn1.running_mean')!.data);
    expect(weights.get('layer2.0.bn1.running_mean')!.data).not.toEqual(before.get('layer2.0.bn1.running_mean')!.data);
    const bytes = await readFile(modelPath);
    expect(decodeModel(bytes).initializers.get('head.weight')!.data).toEqual(weights.get('head.weight')!.data);
    const session = await createSession(bytes);
    expect((await session.run({ x: zeros('float32', [3, 1, 48, 48]) }))['logits']!.dims).toEqual([3, 7]);
    await session.release();
  });
});
