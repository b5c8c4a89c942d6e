/** Tensors that a model keeps in other files: read from its own folder, and from nowhere else. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import { readModelFile } from './node.ts';
import { WireWriter } from './protobuf-wire.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mien-external-'));
  await mkdir(join(root, 'model/data'), { recursive: true });
  const floats = new Uint8Array(Float32Array.of(9, 9, 1.5, -2).buffer);
  await writeFile(join(root, 'model/data/weights.bin'), floats);
  await writeFile(join(root, 'secret.bin'), floats);
  await symlink(join(root, 'secret.bin'), join(root, 'model/link.bin'));
});
afterAll(() => rm(root, { recursive: true }));

/** A file whose tensor `w` [2] is elsewhere. */
async function model(place: Readonly<Record<string, string>>): Promise<string> {
  const path = join(root, 'model/m.onnx');
  const tensor = (t: WireWriter): WireWriter => {
    t.int(1, 2).int(2, 1).string(8, 'w').int(14, 1);
    for (const [key, value] of Object.entries(place)) t.message(13, (e) => e.string(1, key).string(2, value));
    return t;
  };
  await writeFile(
    path,
    new WireWriter()
      .int(1, 9)
      .message(7, (g) => g.message(5, tensor))
      .message(8, (o) => o.string(1, '').int(2, 20))
      .finish(),
  );
  return path;
}

it('reads data at an offset of a file beside the model', async () => {
  const graph = await readModelFile(await model({ location: 'data/weights.bin', offset: '8', length: '8' }));
  expect(graph.initializers.get('w')!.data).toEqual(Float32Array.of(1.5, -2));
});

it.each([
  [
    'a missing file',
    { location: 'data/none.bin' },
    'tensor "w" keeps its data in the file "data/none.bin", which does not exist',
  ],
  [
    'a short file',
    { location: 'data/weights.bin', offset: '12' },
    'tensor "w" keeps its data in the file "data/weights.bin", which has 16 bytes where 20 are needed',
  ],
  [
    'a path upwards',
    { location: '../secret.bin' },
    'tensor "w" keeps its data in the file "../secret.bin", which is outside the model\'s folder',
  ],
  ['an absolute path', { location: '/etc/passwd' }, "which is outside the model's folder"],
  ['a link to elsewhere', { location: 'link.bin' }, "which is a link to outside the model's folder"],
  ['a folder', { location: 'data' }, 'which is not a file'],
  [
    'another length',
    { location: 'data/weights.bin', length: '4' },
    'tensor "w" needs 8 bytes, its data in "data/weights.bin" has 4',
  ],
  [
    'a negative offset',
    { location: 'data/weights.bin', offset: '-8' },
    'tensor "w" keeps its data at the offset "-8" of "data/weights.bin"',
  ],
])('refuses %s', async (_, place, message) => {
  const reading = readModelFile(await model(place));
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow(message);
});

it('names a model that is not there', async () => {
  await expect(readModelFile(join(root, 'none.onnx'))).rejects.toThrow('none.onnx: no such file');
});
