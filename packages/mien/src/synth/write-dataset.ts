/**
 * A generated dataset as files. In the folder:
 *   FERG_DB_256/<character>/<character>_<expression>/<character>_<expression>_<n>.png   the seven basic expressions
 *   more/…                        the same for contempt and the compound expressions
 *   sequences/<character>/<character>_<expression>_<n>/…_<frame>.png
 *   maps/….depth.npy, ….normals.npy, ….positions.npy
 *   manifest.jsonl                a line for each image, as `mien train` reads it: label, action units, landmarks
 *   faces.jsonl                   a line for each image with all that was drawn
 *   synth.json                    the settings
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MienError } from '../errors.ts';
import { makeFolder, removeEmpty, WholeFile, writeWhole } from '../files/index.ts';
import { writeImage } from '../image/node.ts';
import type { HeightWidth } from '../image/raw-image.ts';
import { NpyWriter } from '../tables/npy.ts';
import {
  countFaces,
  FERG_ROOT,
  isCompound,
  MORE_ROOT,
  partsOf,
  planFaces,
  type PlannedFace,
  SEQUENCE_ROOT,
  type SynthSettings,
} from './dataset-plan.ts';
import { depthMap, type FloatMap, normalMap, positionMap } from './maps.ts';
import { CharacterModel } from './model.ts';
import { render, type Rendered } from './render.ts';
import { sidesOf, UNIT_NUMBERS, type UnitIntensities } from './rig/action-units.ts';

export const MAP_NAMES = ['depth', 'normals', 'positions'] as const;
export type MapName = (typeof MAP_NAMES)[number];

export interface WriteSynthOptions {
  /** Size of the images, px. Default 256×256, FERG's. */
  readonly size?: HeightWidth;
  readonly maps?: readonly MapName[];
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SynthDataset {
  readonly folder: string;
  readonly images: number;
  readonly byCharacter: Readonly<Record<string, number>>;
  readonly byExpression: Readonly<Record<string, number>>;
  readonly manifest: string;
}

/** The file by which an earlier dataset's folder is known. */
export const SYNTH_MARKER = 'synth.json';
const MAP_ROOT = 'maps';

/**
 * Draws a dataset into a folder. What an earlier run wrote there is replaced.
 * @throws {MienError} when the settings are out of range   @throws {InputError} naming a file that cannot be written
 * @example
 * ```ts
 * import { CHARACTERS } from 'mienjs/synth';
 * import { writeSynthDataset } from 'mienjs/synth/node';
 *
 * await writeSynthDataset('faces', { characters: CHARACTERS, expressions: ['happiness', 'fear'], count: 20, seed: 1 });
 * ```
 */
export async function writeSynthDataset(
  folder: string,
  settings: SynthSettings,
  { size = { width: 256, height: 256 }, maps = [], onProgress }: WriteSynthOptions = {},
): Promise<SynthDataset> {
  for (const name of maps)
    if (!MAP_NAMES.includes(name)) throw new MienError(`maps: expected ${MAP_NAMES.join(', ')}, got "${String(name)}"`);
  for (const side of [size.width, size.height])
    if (!Number.isInteger(side) || side < 16 || side > 4096)
      throw new MienError(`size: expected whole px from 16 to 4096, got ${size.width}×${size.height}`);
  const total = countFaces(settings);
  const faces = planFaces(settings);
  const first = faces.next(); // settings are checked before anything is written
  await makeFolder(folder);
  // Earlier lists would name the new pictures, if this run is stopped
  for (const name of ['manifest.jsonl', 'faces.jsonl']) await rm(join(folder, name), { force: true });
  await removeEarlier(folder);
  await writeWhole(join(folder, SYNTH_MARKER), `${JSON.stringify(describe(settings, size, maps), null, 2)}\n`);
  const manifest = await WholeFile.create(join(folder, 'manifest.jsonl'));
  const known = await WholeFile.create(join(folder, 'faces.jsonl'));
  const byCharacter: Record<string, number> = {};
  const byExpression: Record<string, number> = {};
  let done = 0;
  try {
    const models = new ModelCache(size);
    for (let next = first; !next.done; next = faces.next()) {
      const face = next.value;
      const model = models.of(face);
      const rendered = render(model, face.scene, size);
      await writeImage(join(folder, ...face.image.split('/')), rendered.image);
      for (const name of maps)
        await writeMap(
          join(folder, MAP_ROOT, ...face.image.replace(/\.png$/, `.${name}.npy`).split('/')),
          mapOf(name, model, rendered),
        );
      await manifest.write(`${JSON.stringify(manifestRow(face, rendered))}\n`);
      await known.write(`${JSON.stringify(faceRow(face, rendered))}\n`);
      byCharacter[face.character.name] = (byCharacter[face.character.name] ?? 0) + 1;
      byExpression[face.expression] = (byExpression[face.expression] ?? 0) + 1;
      onProgress?.(++done, total);
    }
    await manifest.close();
    await known.close();
  } catch (error) {
    await manifest.abort();
    await known.abort();
    throw error;
  }
  return { folder, images: done, byCharacter, byExpression, manifest: join(folder, 'manifest.jsonl') };
}

/** Characters are built once; those that wear something else in each image, once more each time. */
class ModelCache {
  readonly #models = new Map<string, CharacterModel>();
  readonly #levels: number;

  constructor({ width, height }: HeightWidth) {
    this.#levels = Math.min(width, height) > 320 ? 2 : 1;
  }

  of({ character, scene: { wear } }: PlannedFace): CharacterModel {
    const key = `${character.name} ${JSON.stringify(wear ?? {})}`;
    const found = this.#models.get(key);
    if (found) return found;
    if (this.#models.size >= 24) this.#models.clear();
    const model = new CharacterModel(character, { levels: this.#levels, ...(wear ? { wear } : {}) });
    this.#models.set(key, model);
    return model;
  }
}

function mapOf(name: MapName, model: CharacterModel, { surface }: Rendered): FloatMap {
  switch (name) {
    case 'depth':
      return depthMap(surface);
    case 'normals':
      return normalMap(surface);
    case 'positions':
      return positionMap(model, surface);
  }
}

async function writeMap(path: string, { dims, values }: FloatMap): Promise<void> {
  const file = await NpyWriter.create(path, dims);
  await file.write(values);
  await file.close();
}

const rounded = (points: Rendered['landmarks']): number[][] =>
  points.map((point) => point.map((v) => Math.round(v * 100) / 100));

/** The greatest intensity of FACS, E, in the columns of OpenFace. */
const FACS_MOST = 5;

/** What `mien train` reads: see data/manifest-columns.ts. */
function manifestRow(face: PlannedFace, { landmarks }: Rendered): object {
  const { expression, scene, character, split, sequence, frame, intensity, image } = face;
  const parts = partsOf(expression);
  return {
    image,
    split,
    ...(parts.length === 1
      ? { label: expression }
      : { distribution: Object.fromEntries(parts.map((part) => [part, 1 / parts.length])), compound: expression }),
    subject: character.name,
    ...(sequence === undefined ? {} : { sequence, frame }),
    intensity,
    ...Object.fromEntries(
      UNIT_NUMBERS.map((unit) => {
        const { left, right } = sidesOf(scene.units[unit]);
        return [`AU${String(unit).padStart(2, '0')}_r`, Math.round(FACS_MOST * 1e3 * Math.max(left, right)) / 1e3];
      }),
    ),
    landmarks: rounded(landmarks),
  };
}

function faceRow(face: PlannedFace, { landmarks }: Rendered): object {
  const { expression, scene, character, intensity, form, image, split, sequence, frame, phase, wears } = face;
  const { units, pose, gaze, ...rest } = scene;
  return {
    image,
    character: character.name,
    expression,
    ...(isCompound(expression) ? { parts: partsOf(expression) } : {}),
    split,
    intensity,
    form,
    units: units satisfies UnitIntensities,
    ...(sequence === undefined ? {} : { sequence, frame, phase }),
    pose,
    gaze,
    wears,
    landmarks: rounded(landmarks),
    scene: rest,
  };
}

function describe(
  { characters, expressions, count, seed, variation, timing }: SynthSettings,
  size: HeightWidth,
  maps: readonly MapName[],
): object {
  return {
    generator: 'Mien',
    version: 1,
    characters: characters.map(({ name }) => name),
    expressions,
    count,
    seed,
    size,
    maps,
    variation: variation ?? {},
    ...(timing ? { timing } : {}),
  };
}

/** Images and maps of an earlier run, known by their names; whatever else is there stays. */
async function removeEarlier(folder: string): Promise<void> {
  for (const root of [FERG_ROOT, MORE_ROOT, SEQUENCE_ROOT, MAP_ROOT]) {
    const entries = await readdir(join(folder, root), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      // <character>_<expression>_<n>, with a frame's number in sequences
      if (!entry.isFile() || !/^[a-z0-9-]+_[a-z-]+(_\d+)+\.(png|(depth|normals|positions)\.npy)$/.test(entry.name))
        continue;
      await rm(join(entry.parentPath, entry.name));
      await removeEmpty(entry.parentPath, folder);
    }
  }
}
