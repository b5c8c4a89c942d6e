/** Figures of a position-map network: landmark errors by yaw on pictures whose surfaces are known, beside the mean shape's. */
import { MESH, MESH_NAMES, sampleBatches, valueRows, valuesOf, type Dataset, type Samples } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { loadCanonicalFace } from '../face/node.ts';
import { MeshMap } from '../face/reconstruct/mesh-map.ts';
import { createSession, type SessionOptions } from '../runtime/index.ts';
import {
  isMeshHead,
  meanLandmarks,
  preprocessOf,
  SurfaceErrors,
  type Recipe,
  type SurfaceFigures,
} from '../train/index.ts';

export interface SurfaceMeasurement {
  readonly split: string;
  /** All, then by yaw. */
  readonly rows: readonly SurfaceFigures[];
}

export interface MeasureSurfacesOptions extends SessionOptions {
  readonly dataset: Dataset;
  /** Those that are measured. */
  readonly splits: readonly string[];
  readonly onProgress?: (split: string, done: number, total: number) => void;
}

/**
 * Asks the network for each picture and compares the 68 landmarks of its map with the truth. The mean shape is that of the
 * recipe's training split.
 * @param bytes of the exported model   @throws {InputError} when the data lack surfaces, or the recipe a head that learns them
 */
export async function measureSurfaces(
  recipe: Recipe,
  bytes: Uint8Array,
  { dataset, splits, onProgress, ...options }: MeasureSurfacesOptions,
): Promise<SurfaceMeasurement[]> {
  const head = recipe.heads.find(isMeshHead);
  if (!head) throw new InputError(recipe.id, 'has no output that learns the mesh');
  const canonical = await loadCanonicalFace();
  const map = new MeshMap(canonical, head.side);
  const train = meshesOf(await dataset.loadSplit(recipe.data.trainSplit, 'train'), dataset.name);
  const mean = meanLandmarks(train.values(), canonical);
  const session = await createSession(bytes, options, recipe.id);
  try {
    const measured: SurfaceMeasurement[] = [];
    for (const split of splits) {
      const samples = await dataset.loadSplit(split, 'evaluate');
      const meshes = meshesOf(samples, dataset.name);
      const errors = new SurfaceErrors(canonical, mean);
      let done = 0;
      for await (const { inputs, indices } of sampleBatches({
        samples,
        batchSize: recipe.batchSize,
        seed: 0,
        epoch: 0,
        preprocess: preprocessOf(recipe),
      })) {
        const results = await session.run(inputs);
        const maps = results[head.output]!.data as Float32Array;
        indices.forEach((row, i) => {
          const mesh = meshes.get(row);
          if (mesh) errors.add(map.landmarksOf(maps, 3 * i * map.side ** 2), mesh);
        });
        onProgress?.(split, (done += indices.length), samples.count);
      }
      measured.push({ split, rows: errors.figures() });
    }
    return measured;
  } finally {
    await session.release();
  }
}

/** The meshes of the samples that have one, by row. */
function meshesOf(samples: Samples, source: string): Map<number, Float32Array> {
  const { values, mask, width } = valueRows(valuesOf(samples, MESH, source), MESH_NAMES, source);
  const rows = Array.from({ length: samples.count }, (_, i) => i).filter((i) => mask![i * width] === 1);
  return new Map(rows.map((i) => [i, values.subarray(i * width, (i + 1) * width)]));
}
