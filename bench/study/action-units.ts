/**
 * npm run study:action-units -- ferplus=FOLDER [--people 50] [--held-out 24] [--images 3000] [--write]
 *
 * What each action unit does to the points of the mesh, measured on drawn faces (persons of the rig, rendered, found and
 * meshed as photos are), and how well units are then told: on drawn persons that were not used, from their pixels; and on
 * FER+, whether units tell the expressions apart that they belong to. With --write the basis goes into the library.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Samples } from 'mienjs/data';
import { loadDataset } from 'mienjs/data/node';
import {
  ACTION_UNIT_VERTICES,
  encodeBasis,
  ESTIMATED_UNITS,
  estimateActionUnits,
  findFaces,
  unitModel,
  unposed,
  type ActionUnitBasis,
  type ActionUnitEstimates,
  type EstimatedUnit,
} from 'mienjs/face';
import { npmFaceNetworks } from 'mienjs/face/node';
import { rawImage, type Point3, type RawImage } from 'mienjs/image';
import {
  type ActionUnit,
  type Character,
  CharacterModel,
  peopleOf,
  render,
  sampleScene,
  type Scene,
  sidesOf,
} from 'mienjs/synth';
import { Random } from 'mienjs/tensor';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';
import { formatTable } from '../table.ts';

const SIZE = { width: 256, height: 256 };
const SEED = 1;
/** Poses of each person at rest; units are shown in the first. */
const POSES = 3;
const INTENSITIES = [0.6, 1];
/** Random expressions of each person that calibrates, or is held out. */
const SHOWN = 12;
const EXPRESSIONS = ['happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'contempt'] as const;
/** Which units FER+'s labels should show in. */
const TELL = {
  happiness: [6, 12],
  surprise: [1, 2, 5],
  anger: [4],
  sadness: [1, 15],
  disgust: [9],
  fear: [1, 4, 20],
} as const satisfies Record<string, readonly EstimatedUnit[]>;
/** At least so many of FER+'s ten say "neutral" of a face that counts as at rest. */
const AGREED = 0.8;

interface Arguments {
  readonly path: string;
  readonly people: number;
  readonly heldOut: number;
  readonly images: number;
  readonly write: boolean;
}

const log = logAs('study');

function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      people: { type: 'string', default: '50' },
      'held-out': { type: 'string', default: '24' },
      images: { type: 'string', default: '3000' },
      write: { type: 'boolean', default: false },
    },
  });
  const { dataset, path } = datasetArgument(positionals);
  if (dataset !== 'ferplus') throw new TypeError('expected ferplus=FOLDER');
  return {
    path,
    people: wholeArgument('people', values.people, 4),
    heldOut: wholeArgument('held-out', values['held-out'], 2),
    images: wholeArgument('images', values.images, 100),
    write: values.write,
  };
}

const [detector, mesher, canonical] = await Promise.all([
  npmFaceNetworks.detector(),
  npmFaceNetworks.mesher(),
  npmFaceNetworks.canonicalFace(),
]);

/** @returns undefined where no face is found */
async function meshOf(image: RawImage): Promise<readonly Point3[] | undefined> {
  const [face] = await findFaces(image, detector, mesher);
  return face?.mesh.points;
}

const pointsOf = async (image: RawImage): Promise<number[] | undefined> => {
  const mesh = await meshOf(image);
  return mesh && unposed(mesh, canonical);
};

const draw = (model: CharacterModel, scene: Scene): RawImage => render(model, scene, SIZE).image;
/** 45 is drawn as closed eyes. */
const drawnUnit = (unit: EstimatedUnit): ActionUnit => (unit === 45 ? 43 : unit);

const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => value - b[i]!);
const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length);

interface Measured {
  /** [U][3V] of a unit at 1. */
  readonly moves: number[][];
  /** At rest, of all persons and poses. */
  readonly rest: number[][];
  /** Differences of one person at rest, and what the moves do not explain: what the mesh gets wrong. */
  readonly noise: number[][];
}

/** Each person at rest in some poses, and each unit alone. */
async function measure(people: readonly Character[]): Promise<Measured> {
  const ofUnit = ESTIMATED_UNITS.map((): { person: number; delta: number[] }[] => []);
  const rest: number[][] = [];
  const noise: number[][] = [];
  for (const [p, person] of people.entries()) {
    const model = new CharacterModel(person);
    const random = new Random(SEED, `study/action-units/${person.name}`);
    const own: number[][] = [];
    let first: Scene | undefined;
    for (let k = 0; k < POSES; k++) {
      const scene: Scene = {
        pose: { yawDeg: random.range(-12, 12), pitchDeg: random.range(-8, 8), rollDeg: random.range(-5, 5) },
      };
      first ??= scene;
      const points = await pointsOf(draw(model, scene));
      if (points) own.push(points);
    }
    if (own.length < POSES) continue;
    rest.push(...own);
    noise.push(...own.slice(1).map((points) => minus(points, own[0]!)));
    for (const [u, unit] of ESTIMATED_UNITS.entries())
      for (const intensity of INTENSITIES) {
        const points = await pointsOf(draw(model, { ...first, units: { [drawnUnit(unit)]: intensity } }));
        if (points) ofUnit[u]!.push({ person: p, delta: minus(points, own[0]!).map((value) => value / intensity) });
      }
    if ((p + 1) % 10 === 0) log(`${p + 1} of ${people.length} persons`);
  }
  return { moves: ofUnit.map((all) => meanOf(all.map(({ delta }) => delta))), rest, noise };
}

interface Shown {
  readonly truth: readonly number[];
  readonly mesh: readonly Point3[];
  readonly neutral: readonly Point3[];
}

/** Persons who show expressions, each with a picture at rest. */
async function show(people: readonly Character[], use: string): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const person of people) {
    const model = new CharacterModel(person);
    const at = (expression: (typeof EXPRESSIONS)[number] | 'neutral', i: number) =>
      sampleScene(SEED, `${use}/${person.name}/${i}`, expression, { intensity: [0.2, 1], poseDeg: 20 }).scene;
    const neutral = await meshOf(draw(model, { ...at('neutral', 0), units: {} }));
    if (!neutral) continue;
    for (let i = 1; i <= SHOWN; i++) {
      const scene = at(EXPRESSIONS[i % EXPRESSIONS.length]!, i);
      const mesh = await meshOf(draw(model, scene));
      if (!mesh) continue;
      const truth = ESTIMATED_UNITS.map((unit) => {
        const { left, right } = sidesOf(scene.units[drawnUnit(unit)]);
        return (left + right) / 2;
      });
      shown.push({ truth, mesh, neutral });
    }
  }
  return shown;
}

/** A photo of FER+, and the label that most gave it. */
interface Photo {
  readonly points: readonly number[];
  readonly mesh: readonly Point3[];
  readonly label: string;
}

/** @param keeps by label and its share of the votes */
async function photosOf(
  samples: Samples,
  most: number,
  keeps: (label: string, share: number) => boolean,
): Promise<{ photos: Photo[]; looked: number }> {
  const { images, classes, labels, labelDistribution } = samples;
  const { width, height, pixels } = images;
  const photos: Photo[] = [];
  let looked = 0;
  const order = new Random(SEED, 'study/photos').permutation(images.count);
  for (const i of order) {
    if (looked >= most) break;
    const label = classes[labels[i]!];
    const row = labelDistribution?.subarray(i * classes.length, (i + 1) * classes.length);
    if (label === undefined || !keeps(label, row ? Math.max(...row) : 1)) continue;
    looked++;
    const at = i * width * height;
    const mesh = await meshOf(rawImage(width, height, 1, pixels.slice(at, at + width * height)));
    if (mesh) photos.push({ points: unposed(mesh, canonical), mesh, label });
    if (looked % 500 === 0) log(`${photos.length} faces found in ${looked} photos`);
  }
  return { photos, looked };
}

interface UnitRow extends Record<string, string | number | null> {
  readonly unit: string;
  readonly shown: number;
}

function errors(shown: readonly Shown[], basis: ActionUnitBasis): UnitRow[] {
  const single = shown.map(({ mesh }) => estimateActionUnits(mesh, canonical, basis));
  const paired = shown.map(({ mesh, neutral }) => estimateActionUnits(mesh, canonical, basis, { neutral }));
  return ESTIMATED_UNITS.map((unit, u) => {
    const truth = shown.map((one) => one.truth[u]!);
    const of = (all: readonly ActionUnitEstimates[]): number[] => all.map((one) => one[unit]);
    const present = truth.filter((value) => value >= 0.2).length;
    const isPresent = truth.map((value) => value >= 0.2);
    return {
      unit: `AU${unit}`,
      shown: present,
      'error, one photo': present === 0 ? null : meanError(of(single), truth),
      'error, with rest': present === 0 ? null : meanError(of(paired), truth),
      'always the mean':
        present === 0
          ? null
          : meanError(
              truth.map(() => mean(truth)),
              truth,
            ),
      'AUC, one photo': area(of(single), isPresent),
      'AUC, with rest': area(of(paired), isPresent),
    };
  });
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const meanError = (a: readonly number[], b: readonly number[]): number =>
  mean(a.map((value, i) => Math.abs(value - b[i]!)));

/** Area under the ROC curve: how often one of the present has the higher value than one of the others, ties by half. */
function area(values: readonly number[], present: readonly boolean[]): number | null {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  let [rankSum, positives] = [0, 0];
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let k = from; k < to; k++)
      if (present[order[k]!]) {
        rankSum += (from + to + 1) / 2;
        positives++;
      }
    from = to;
  }
  const negatives = values.length - positives;
  return positives === 0 || negatives === 0
    ? null
    : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/** Σ truth·weight / Σ weight²: what a weight of 1 means. */
function scales(shown: readonly Shown[], basis: ActionUnitBasis): number[] {
  const estimates = shown.map(({ mesh, neutral }) => estimateActionUnits(mesh, canonical, basis, { neutral }));
  return ESTIMATED_UNITS.map((unit, u) => {
    const [cross, square] = shown.reduce(
      ([c, s], { truth }, i) => [c + truth[u]! * estimates[i]![unit], s + estimates[i]![unit] ** 2],
      [0, 0],
    );
    return square > 0 && cross > 0 ? cross / square : 1;
  });
}

async function run({ path, people, heldOut, images, write }: Arguments): Promise<void> {
  const date = new Date().toISOString();
  const all = peopleOf(people + 2 * heldOut, SEED);
  log(`what ${ESTIMATED_UNITS.length} units do to ${people} drawn persons`);
  const { moves, rest, noise } = await measure(all.slice(0, people));
  const paired = unitModel(moves, noise);
  const drawn: ActionUnitBasis = {
    rest: meanOf(rest),
    single: unitModel(moves, rest),
    paired,
    scale: ESTIMATED_UNITS.map(() => 1),
  };
  const scale = scales(await show(all.slice(people, people + heldOut), 'calibration'), drawn);
  const held = await show(all.slice(people + heldOut), 'held out');
  const units = errors(held, { ...drawn, scale });

  log('faces of FER+ at rest');
  const ferplus = await loadDataset('ferplus', path);
  const { photos: atRest } = await photosOf(
    await ferplus.loadSplit('Training', 'train'),
    images,
    (label, share) => label === 'neutral' && share >= AGREED,
  );
  const basis: ActionUnitBasis = {
    rest: meanOf(atRest.map(({ points }) => points)),
    single: unitModel(
      moves,
      atRest.map(({ points }) => [...points]),
    ),
    paired,
    scale,
  };
  if (write) {
    const file = fileURLToPath(new URL('../../../packages/mien/src/face/action-units/basis-data.ts', import.meta.url));
    await writeFile(
      file,
      `/** Made by \`npm run study:action-units -- ferplus=FOLDER --write\`. */\nexport const BASIS =\n  '${encodeBasis(basis)}';\n`,
    );
    log(file);
  }
  log('expressions of FER+');
  const { photos, looked } = await photosOf(await ferplus.loadSplit('PublicTest', 'evaluate'), Infinity, () => true);
  const estimates = photos.map(({ mesh }) => estimateActionUnits(mesh, canonical, basis));
  const tell = Object.entries(TELL).map(([expression, of]) => {
    const isIt = photos.map(({ label }) => label === expression);
    const sums = estimates.map((one) => mean((of as readonly EstimatedUnit[]).map((unit) => one[unit])));
    return {
      expression,
      units: of.join('+'),
      photos: isIt.filter(Boolean).length,
      AUC: area(sums, isIt),
      'against neutral': area(
        sums.filter((_, i) => isIt[i] || photos[i]!.label === 'neutral'),
        isIt.filter((it, i) => it || photos[i]!.label === 'neutral'),
      ),
    };
  });
  process.stdout.write(`${formatTable(units)}\n\n${formatTable(tell)}\n`);
  const commit = currentCommit();
  log(
    await writeResult(
      `${JSON.stringify(
        {
          machine: describeMachine(),
          date,
          commit,
          people,
          heldOut,
          atRest: atRest.length,
          heldOutFaces: held.length,
          photos: { looked, found: photos.length },
          vertices: ACTION_UNIT_VERTICES.length,
          units,
          tell,
        },
        null,
        2,
      )}\n`,
      { date, commit, name: 'action-units' },
    ),
  );
}

await runProgram(log, parseArguments, run);
