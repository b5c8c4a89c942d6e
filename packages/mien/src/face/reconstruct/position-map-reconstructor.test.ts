/** A network that stands for a position map: it gives places that are known, whatever it is shown. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { rawImage, type Point3 } from '../../image/index.ts';
import { encodeModel, GraphBuilder, type Graph } from '../../onnx/index.ts';
import { tensor } from '../../tensor/index.ts';
import { landmarks68In3d } from '../landmarks.ts';
import { loadCanonicalFace, readPositionMapReconstructor } from '../node.ts';
import { MeshMap } from './mesh-map.ts';
import { encodePositionMapMetadata, POSITION_MAP_METADATA_KEY } from './position-map-metadata.ts';
import { recenter } from './recenter.ts';
import { parsePositionMapLayout } from './position-map-reconstructor.ts';

const canonical = await loadCanonicalFace();
const SIDE = 32;
const IMAGE = rawImage(400, 400, 3, new Uint8Array(400 * 400 * 3).fill(80));
/** The canonical face, 12 px a cm, in the photo. */
const MESH = canonical.vertices.map(([x, y, z]): Point3 => [12 * x + 190, 12 * y + 210, 12 * z]);
const FACE = { mesh: { points: MESH, score: 1, roi: { centre: [0, 0] as const, size: 1, rotationRad: 0 } } };
const LANDMARKS = landmarks68In3d(MESH);
const RANGE = [0, 1].map((k) => {
  const values = LANDMARKS.map((p) => p[k as 0]);
  return [Math.min(...values), Math.max(...values)] as const;
}) as [readonly [number, number], readonly [number, number]];
const CROP = 0.8 * (RANGE[0][1] - RANGE[0][0] + RANGE[1][1] - RANGE[1][0]);

/** The places of a face in the map's own unit: the 468 vertices, then the 68 landmarks; x, y and −z. */
function mapOf(): Float32Array {
  const map = new Float32Array(SIDE * SIDE * 3);
  const [left, top] = RANGE.map(([low, high]) => (low + high) / 2 - CROP / 2) as [number, number];
  [...MESH, ...LANDMARKS].forEach(([x, y, z], i) =>
    map.set([(x - left) / CROP / 1.1, (y - top) / CROP / 1.1, -z / CROP / 1.1], 3 * i),
  );
  return map;
}

/** @param layout of input and output */
function network(layout: 'nhwc' | 'nchw'): Graph {
  const b = new GraphBuilder('position map');
  const dims = layout === 'nhwc' ? [1, SIDE, SIDE, 3] : [1, 3, SIDE, SIDE];
  const x = b.input('x', 'float32', dims);
  const map = mapOf();
  const data =
    layout === 'nhwc'
      ? map
      : Float32Array.from(map, (_, i) => map[3 * (i % (SIDE * SIDE)) + Math.floor(i / SIDE ** 2)]!);
  const zero = b.op('Mul', [x, b.constant(0)]);
  b.output(b.op('Add', [zero, b.constant(tensor('float32', dims, data))]), 'map');
  return b.graph;
}

const TEXTS = {
  // As NumPy writes numbers
  'face_ind.txt': MESH.map((_, i) => i.toExponential(18)).join('\n'),
  'triangles.txt': Array.from({ length: 898 }, (_, t) => canonical.triangles.subarray(3 * t, 3 * t + 3).join(' ')).join(
    '\n',
  ),
  'uv_kpt_ind.txt': [
    LANDMARKS.map((_, i) => (468 + i) % SIDE).join(' '),
    LANDMARKS.map((_, i) => Math.floor((468 + i) / SIDE)).join(' '),
  ].join('\n'),
};

describe('a position-map network', () => {
  it.each(['nhwc', 'nchw'] as const)('gives the surface that its map holds, in the photo (%s)', async (layout) => {
    await withFiles({ ...TEXTS, 'network.onnx': encodeModel(network(layout)) }, async (folder) => {
      const reconstructor = await readPositionMapReconstructor(folder);
      const face = await reconstructor.reconstruct(IMAGE, FACE as never);
      MESH.flat().forEach((v, i) => expect(Math.abs(face.positions[i]! - v)).toBeLessThan(1e-2));
      LANDMARKS.flat().forEach((v, i) => expect(Math.abs(face.landmarks.flat()[i]! - v)).toBeLessThan(1e-2));
      const { pose, visibleShare } = recenter(IMAGE, face, canonical);
      expect(Math.abs(pose.yawDeg) + Math.abs(pose.pitchDeg) + Math.abs(pose.rollDeg)).toBeLessThan(0.01);
      expect(visibleShare).toBeGreaterThan(0.8);
    });
  });

  it('winds triangles outwards, whichever way the file has them', async () => {
    const turned = TEXTS['triangles.txt'].replace(/^(\d+) (\d+) (\d+)$/gm, '$1 $3 $2');
    await withFiles(
      { ...TEXTS, 'triangles.txt': turned, 'network.onnx': encodeModel(network('nhwc')) },
      async (folder) => {
        const face = await (await readPositionMapReconstructor(folder)).reconstruct(IMAGE, FACE as never);
        expect([...face.triangles]).toEqual([...canonical.triangles]);
      },
    );
  });

  it('names the file that is missing or does not fit', async () => {
    await withFiles({ ...TEXTS }, async (folder) => {
      await expect(readPositionMapReconstructor(folder)).rejects.toThrow('network.onnx');
      await writeFile(join(folder, 'network.onnx'), encodeModel(network('nhwc')));
      await writeFile(join(folder, 'triangles.txt'), '0 1 468');
      await expect(readPositionMapReconstructor(folder)).rejects.toThrow(
        'expected triangles of vertices 0 to 467, got 468',
      );
      await writeFile(join(folder, 'triangles.txt'), '0 1 2.5');
      await expect(readPositionMapReconstructor(folder)).rejects.toThrow(
        'triangles.txt: expected whole numbers, got "2.5"',
      );
      await mkdir(join(folder, 'empty'));
      await expect(readPositionMapReconstructor(join(folder, 'empty'))).rejects.toThrow('empty');
    });
  });

  it('refuses networks that take or give something else', async () => {
    const b = new GraphBuilder('flat');
    b.output(b.op('Relu', [b.input('x', 'float32', [1, 3])]), 'y');
    await withFiles({ ...TEXTS, 'network.onnx': encodeModel(b.graph) }, async (folder) => {
      await expect(readPositionMapReconstructor(folder)).rejects.toThrow(
        'expected an output [N,3,S,S] or [N,S,S,3], got [1,3]',
      );
    });
  });

  it('takes a file alone where Mien trained it, and says what is missing of others', async () => {
    const own = network('nchw');
    for (const [key, value] of encodePositionMapMetadata('position-map.manifest')) own.metadata.set(key, value);
    const other = network('nchw');
    other.metadata.set(POSITION_MAP_METADATA_KEY, '{"version":1,"layout":"basel"}');
    const files = { own, other, bare: network('nchw') };
    const bytes = Object.entries(files).map(([name, graph]) => [`${name}.onnx`, encodeModel(graph)] as const);
    await withFiles(Object.fromEntries(bytes), async (folder) => {
      const face = await (
        await readPositionMapReconstructor(join(folder, 'own.onnx'))
      ).reconstruct(IMAGE, FACE as never);
      expect(face.positions.length / 3).toBe(new MeshMap(canonical, SIDE).layout.vertices.length);
      await expect(readPositionMapReconstructor(join(folder, 'bare.onnx'))).rejects.toThrow(
        'bare.onnx: has no "mien.position-map" metadata',
      );
      await expect(readPositionMapReconstructor(join(folder, 'other.onnx'))).rejects.toThrow(
        'expected the layout "face-mesh", got "basel"',
      );
    });
  });

  it('reads landmarks as columns, then rows', () => {
    const layout = parsePositionMapLayout(
      {
        vertices: '5',
        triangles: '0 0 0',
        landmarks: `${Array.from({ length: 68 }, () => 7).join(' ')}\n${Array.from({ length: 68 }, () => 2).join(' ')}`,
      },
      100,
    );
    expect(layout.landmarks[0]).toBe(207);
    expect(() => parsePositionMapLayout({ vertices: '5', triangles: '0 0 0', landmarks: '1 2' }, 100)).toThrow(
      'uv_kpt_ind.txt: expected two rows of 68 numbers, got 2 numbers',
    );
  });
});
