import { describe, expect, it } from 'vitest';
import { encodeModel } from '../../onnx/protobuf.ts';
import { createSession } from '../../runtime/index.ts';
import { Random, tensor } from '../../tensor/index.ts';
import { decodePackIndex, readFaceDetectionFile, readFaceMeshFile } from '../packages.ts';
import { decodeTflite } from './model.ts';
import { translateTflite } from './translate.ts';

describe('decodeTflite', () => {
  it('reads tensors, constants and operators', async () => {
    const model = decodeTflite(await readFaceMeshFile('face_landmark.tflite'), 'mesh');
    expect(model.inputs.map((i) => model.tensors[i]!.shape)).toEqual([[1, 192, 192, 3]]);
    expect(model.outputs.map((i) => model.tensors[i]!.shape)).toEqual([
      [1, 1, 1, 1404],
      [1, 1, 1, 1],
    ]);
    expect(new Set(model.operators.map((op) => op.name))).toEqual(
      new Set(['DEQUANTIZE', 'CONV_2D', 'PRELU', 'DEPTHWISE_CONV_2D', 'ADD', 'MAX_POOL_2D', 'PAD']),
    );
  });

  it('rejects bytes that are no TFLite model', () => {
    expect(() => decodeTflite(new Uint8Array(0), 'x.tflite')).toThrow(
      'x.tflite: is not a readable TFLite model (0 bytes are too few)',
    );
    expect(() => decodeTflite(new TextEncoder().encode('not a model'), 'x.tflite')).toThrow(
      'expected the identifier "TFL3" at byte 4, got "a mo"',
    );
  });

  it('rejects a truncated file wherever it was cut, with its name', async () => {
    const bytes = await readFaceMeshFile('face_detection_short_range.tflite');
    for (const length of [8, 100, 2000, 100_000, bytes.length - 200]) {
      expect(() => translateTflite(bytes.subarray(0, length), 'cut.tflite')).toThrow(/^cut\.tflite: /);
    }
  });
});

describe('translateTflite', () => {
  it('names the operator that it cannot translate', async () => {
    const sparse = await readFaceDetectionFile('face_detection_full_range_sparse.tflite');
    expect(() => translateTflite(sparse, 'sparse')).toThrow('sparse: the operator DENSIFY has no translation to ONNX');
  });

  it('opens the batch: two crops at once give what each gives alone', async () => {
    const graph = translateTflite(await readFaceMeshFile('face_landmark.tflite'), 'mesh');
    expect(graph.inputs.map((v) => v.shape)).toEqual([['N', 3, 192, 192]]);
    expect(graph.outputs.map((v) => v.shape)).toEqual([
      ['N', 1, 1, 1404],
      ['N', 1, 1, 1],
    ]);
    expect(graph.nodes.filter((n) => n.op === 'Transpose')).toEqual([]);
    const session = await createSession(encodeModel(graph), {}, 'mesh');
    const random = new Random(1);
    const size = 3 * 192 * 192;
    const pixels = Float32Array.from({ length: 2 * size }, () => random.uniform());
    const run = async (from: number, count: number): Promise<Float32Array> => {
      const out = await session.run({
        input_1: tensor('float32', [count, 3, 192, 192], pixels.slice(from * size, (from + count) * size)),
      });
      return out['conv2d_21']!.data as Float32Array;
    };
    const both = await run(0, 2);
    const alone = [...(await run(0, 1)), ...(await run(1, 1))];
    expect(Math.max(...alone.map((v, i) => Math.abs(v - both[i]!)))).toBeLessThan(1e-3); // px of 192
    await session.release();
  });
});

describe('decodePackIndex', () => {
  it('finds the index in a loader script, and says when there is none', () => {
    const index = decodePackIndex(
      'x(); loadPackage({"files": [{"filename": "/a/b.tflite", "start": 0, "end": 4}], "n": 4});',
      'loader.js',
    );
    expect(index.files).toEqual([{ filename: '/a/b.tflite', start: 0, end: 4 }]);
    expect(() => decodePackIndex('nothing', 'loader.js')).toThrow(
      'loader.js: expected a call loadPackage({"files": …}), found none',
    );
  });
});
