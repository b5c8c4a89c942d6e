/** A small position-map network from drawings to a file that reconstructs faces: two steps, which learn nothing yet. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../data/node.ts';
import { FaceSurface } from '../face/index.ts';
import { loadCanonicalFace, readPositionMapReconstructor, writeSurfaces, type FaceSubject } from '../face/node.ts';
import { rawImage, type Point3 } from '../image/index.ts';
import { ExpressionClassifier } from '../predict/index.ts';
import { positionMapRecipe } from '../recipes/index.ts';
import { Random } from '../tensor/index.ts';
import { fit } from '../train/index.ts';
import { trainModel } from './train-model.ts';

const canonical = await loadCanonicalFace();
const surface = new FaceSurface(canonical, 1);
const random = new Random(1, 'faces');
const SUBJECTS = Array.from({ length: 10 }, (): FaceSubject => {
  const [wide, long] = [random.range(0.9, 1.1), random.range(0.9, 1.1)];
  return {
    mesh: canonical.vertices.map(([x, y, z]): Point3 => [wide * x, long * y, z]),
    colors: Uint8Array.from({ length: 3 * surface.vertexCount }, () => random.int(256)),
  };
});
const recipe = positionMapRecipe({ size: 32, widthMultiplier: 1 / 16, epochs: 2, batchSize: 8 });
const SESSION = { threads: 1 } as const;

describe('a position-map network on drawings', () => {
  it('trains, resumes to the same weights, is measured, and is read by the reconstructor', async () => {
    await withFiles({}, async (folder) => {
      const manifest = await writeSurfaces(join(folder, 'faces'), SUBJECTS, surface, { count: 20, size: 32 });
      const dataset = await loadDataset('manifest', manifest, { width: 32, height: 32, channels: 'rgb' });
      expect(dataset.splits).toEqual(['train', 'validation', 'test']);
      const { card, modelPath, fitted } = await trainModel(recipe, {
        ...SESSION,
        dataset,
        out: join(folder, 'whole'),
        licence: 'drawn',
      });
      expect(fitted.history).toHaveLength(2);
      expect(fitted.history.every(({ trainLoss, validationLoss }) => trainLoss > 0 && validationLoss > 0)).toBe(true);
      expect(card.surfaceMetrics!.map(({ split, role, rows }) => [split, role, rows[0]!.n])).toEqual([
        ['validation', 'validation', 2],
        ['test', 'held-out', 2],
      ]);

      const interrupted = { ...SESSION, dataset, out: join(folder, 'parts') };
      const stop = new AbortController();
      await expect(
        fit(recipe, { ...interrupted, signal: stop.signal, onEpoch: () => stop.abort(new Error('stopped')) }),
      ).rejects.toThrow('stopped');
      const resumed = await fit(recipe, { ...interrupted, resume: true });
      for (const [name, { data }] of fitted.weights) expect([...resumed.weights.get(name)!.data]).toEqual([...data]);

      await expect(ExpressionClassifier.create(await readFile(modelPath), 'map.onnx', SESSION)).rejects.toThrow(
        'map.onnx: is a position-map network, which tells no expressions',
      );
      const reconstructor = await readPositionMapReconstructor(modelPath, SESSION);
      const mesh = {
        points: canonical.vertices.map(([x, y, z]): Point3 => [8 * x + 100, 8 * y + 100, 8 * z]),
        score: 1,
        roi: { center: [100, 100] as const, size: 160, rotationRad: 0 },
      };
      const image = rawImage(200, 200, 3, new Uint8Array(200 * 200 * 3).fill(120));
      const face = await reconstructor.reconstruct(image, { mesh });
      expect(face.landmarks).toHaveLength(68);
      expect(face.positions.every(Number.isFinite)).toBe(true);
      expect(face.triangles.every((vertex) => vertex < face.positions.length / 3)).toBe(true);
    });
  });

  it.each([{ flip: 0.5 }, { shift: 0.1 }, { rotationDeg: 5 }, { scale: [0.9, 1.1] as const }])(
    'is not trained on images that %j moves',
    async (augment) => {
      await withFiles({}, async (folder) => {
        const manifest = await writeSurfaces(folder, SUBJECTS, surface, { count: 20, size: 32 });
        const dataset = await loadDataset('manifest', manifest, { width: 32, height: 32, channels: 'rgb' });
        const run = fit({ ...recipe, augment }, { ...SESSION, dataset, out: join(folder, 'run') });
        await expect(run).rejects.toThrow('as the mesh would not follow');
      });
    },
  );

  it('says what a manifest lacks', async () => {
    await withFiles(
      { 'manifest.jsonl': '{"image":"a.png","split":"train","mesh":[[0.5,0.5,0]]}\n' },
      async (folder) => {
        await expect(loadDataset('manifest', folder)).rejects.toThrow('mesh: expected 468 of [x, y, z]');
      },
    );
  });
});
