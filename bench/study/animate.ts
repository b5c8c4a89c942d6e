/**
 * npm run study:animate -- ferplus=FOLDER [--judge MODEL] [--people 30] [--held-out 20] [--photos 100] [--write]
 *
 * What each action unit does to the points of the mesh, measured on drawn persons (rendered, found and meshed as photos
 * are); how well units are then told on persons that were not used, from their pixels; and, with a judge, on how many
 * photos of FER+'s PublicTest the character shows the expression that people saw in the photo. The judge is a classifier
 * of characters, trained on pictures of another seed:
 *
 *   mien synth judge-faces --count 70 --seed 77 --size 96 --pose 20 --intensity 0.4-1 --wear glasses --wear-share 0.2
 *   mien train compact.manifest --data manifest=judge-faces/manifest.jsonl --epochs 15 --seed 7 --threads 1 --out judge
 *
 * --photos: of each expression at most. With --write the basis goes into the library; with --people 0 none is measured, and
 * the library's own is judged, on the persons who are held out and on photos.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRecognizer, type Recognizer } from 'mienjs';
import {
  encodeBasis,
  ExpressionFitter,
  FITTED_UNITS,
  type FitOptions,
  type HalfPoints,
  MeshHalves,
  type RigBasis,
  SIDED_UNITS,
  unitModel,
} from 'mienjs/animate';
import type { Samples } from 'mienjs/data';
import type { CanonicalFace } from 'mienjs/face';
import { loadDataset } from 'mienjs/data/node';
import { npmFaceNetworks } from 'mienjs/face/node';
import type { Point3, RawImage } from 'mienjs/image';
import { cutFace, ExpressionClassifier, framingOf } from 'mienjs/predict';
import {
  type AnyExpression,
  type Character,
  CharacterModel,
  CHARACTERS,
  peopleOf,
  render,
  sampleScene,
  type Scene,
  sidesOf,
} from 'mienjs/synth';
import { Random } from 'mienjs/tensor';
import { currentCommit, describeMachine } from '../machine.ts';
import { median } from '../timing.ts';
import { datasetArgument, logAs, runProgram, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';
import { formatTable } from '../table.ts';
import { openingsOf } from './animate-openings.ts';
import { ferplusFaces } from './ferplus-faces.ts';

const SIZE = { width: 256, height: 256 };
/** What the judge was trained on. */
const JUDGED = { width: 96, height: 96 };
const SEED = 1;
/** Poses of each person at rest. */
const POSES = 3;
/** Of the variance of faces at rest, between two photos of one person. */
const PAIRED = 0.3;
/** Expressions of each person that is held out. */
const SHOWN = 16;
/** Persons of whom the library's basis is. */
const PEOPLE = 30;
const EXPRESSIONS = ['happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear', 'neutral'] as const;
/** At least so many of FER+'s ten say "neutral" of a face that counts as at rest. */
const AGREED = 0.7;
const AT_REST = 600;

interface Arguments {
  readonly path: string;
  readonly judge: string | undefined;
  readonly people: number;
  readonly heldOut: number;
  readonly photos: number;
  readonly write: boolean;
}

const log = logAs('study');

function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      judge: { type: 'string' },
      people: { type: 'string', default: String(PEOPLE) },
      'held-out': { type: 'string', default: '20' },
      photos: { type: 'string', default: '100' },
      write: { type: 'boolean', default: false },
    },
  });
  const { dataset, path } = datasetArgument(positionals);
  if (dataset !== 'ferplus') throw new TypeError('expected ferplus=FOLDER');
  return {
    path,
    judge: values.judge,
    people: wholeArgument('people', values.people, 0),
    heldOut: wholeArgument('held-out', values['held-out'], 2),
    photos: wholeArgument('photos', values.photos, 1),
    write: values.write,
  };
}

const draw = (model: CharacterModel, scene: Scene): RawImage => render(model, scene, SIZE).image;
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => value - b[i]!);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const meanOf = (rows: readonly (readonly number[])[]): number[] =>
  rows[0]!.map((_, i) => mean(rows.map((row) => row[i]!)));
const meanError = (a: readonly number[], b: readonly number[]): number =>
  mean(a.map((value, i) => Math.abs(value - b[i]!)));

async function meshOf(recognizer: Recognizer, image: RawImage): Promise<readonly Point3[] | undefined> {
  const [face] = await recognizer.findFaces(image);
  return face?.mesh.points;
}

const attention = await npmFaceNetworks.attentionMesher({ threads: 1 });
/** With the mesh that tells gaze and lids. */
async function meshesOf(
  recognizer: Recognizer,
  image: RawImage,
): Promise<{ mesh: readonly Point3[]; finer: readonly Point3[] } | undefined> {
  const [face] = await recognizer.findFaces(image);
  if (!face) return undefined;
  const [finer] = await attention.meshRois(image, [face.mesh.roi]);
  return { mesh: face.mesh.points, finer: finer!.points };
}

interface Measured {
  /** By person: [U][3H] and [S][3H] of a unit at 1. */
  readonly even: (number[] | undefined)[][];
  readonly odd: (number[] | undefined)[][];
  /** Of all persons and poses. */
  readonly rest: HalfPoints[];
}

/** Each person at rest in some poses, each unit alone, and what can be one-sided on the left alone. */
async function measure(people: readonly Character[], recognizer: Recognizer, halves: MeshHalves): Promise<Measured> {
  const measured: Measured = { even: [], odd: [], rest: [] };
  for (const [p, person] of people.entries()) {
    const model = new CharacterModel(person);
    const random = new Random(SEED, `study/animate/${person.name}`);
    const poses = Array.from({ length: POSES }, () => ({
      yawDeg: random.range(-12, 12),
      pitchDeg: random.range(-8, 8),
      rollDeg: random.range(-5, 5),
    }));
    const shown = async (scene: Scene): Promise<HalfPoints | undefined> => {
      const mesh = await meshOf(recognizer, draw(model, scene));
      return mesh && halves.of(mesh);
    };
    const [first, ...others] = await Promise.all(poses.map((pose) => shown({ pose })));
    if (!first) continue;
    measured.rest.push(first, ...others.filter((other) => other !== undefined));
    const [even, odd]: [(number[] | undefined)[], (number[] | undefined)[]] = [[], []];
    for (const unit of FITTED_UNITS) {
      const both = await shown({ pose: poses[0]!, units: { [unit]: 1 } });
      even.push(both && minus(both.even, first.even));
      if (!SIDED_UNITS.includes(unit)) continue;
      const left = await shown({ pose: poses[0]!, units: { [unit]: { left: 1, right: 0 } } });
      odd.push(left && minus(left.odd, first.odd));
    }
    measured.even.push(even);
    measured.odd.push(odd);
    if ((p + 1) % 5 === 0) log(`${p + 1} of ${people.length} persons`);
  }
  return measured;
}

interface UnitRow extends Record<string, string | number | null> {
  readonly unit: string;
  readonly shown: number;
}

/** Errors on persons that were not used, from pixels: of one photo, and with another of the person at rest. */
async function errorsOf(
  people: readonly Character[],
  recognizer: Recognizer,
  fitter: ExpressionFitter,
): Promise<{ rows: UnitRow[]; angles: Record<string, number>; faces: number; fitMs: number }> {
  const shown: { truth: number[]; single: number[]; paired: number[]; angles: number[] }[] = [];
  const milliseconds: number[] = [];
  const unitsOf = (units: Scene['units'] = {}): number[] =>
    FITTED_UNITS.map((unit) => {
      const { left, right } = sidesOf(unit === 43 ? (units[43] ?? units[45]) : units[unit]);
      return (left + right) / 2;
    });
  for (const person of people) {
    const model = new CharacterModel(person);
    const at = (expression: AnyExpression, i: number): Scene =>
      sampleScene(SEED, `study/animate/${person.name}/${i}`, expression, { intensity: [0.2, 1], poseDeg: 20 }).scene;
    const neutral = await meshOf(recognizer, draw(model, { ...at('neutral', 0), units: {} }));
    if (!neutral) continue;
    for (let i = 1; i <= SHOWN; i++) {
      const scene = at(EXPRESSIONS[i % EXPRESSIONS.length]!, i);
      const meshes = await meshesOf(recognizer, draw(model, scene));
      if (!meshes) continue;
      const { mesh, finer } = meshes;
      const fitted = (options: FitOptions): number[] =>
        unitsOf(fitter.fit(mesh, { ...options, finer, exaggeration: 1 }).units);
      const started = performance.now();
      const { pose, gaze } = fitter.fit(mesh, { finer });
      milliseconds.push(performance.now() - started);
      shown.push({
        truth: unitsOf(scene.units),
        single: fitted({}),
        paired: fitted({ neutral }),
        angles: [
          pose.yawDeg - scene.pose!.yawDeg,
          pose.pitchDeg - scene.pose!.pitchDeg,
          pose.rollDeg - scene.pose!.rollDeg,
          gaze!.yawDeg - scene.gaze!.yawDeg,
          gaze!.pitchDeg - scene.gaze!.pitchDeg,
        ].map(Math.abs),
      });
    }
  }
  const angles = Object.fromEntries(
    ['yaw', 'pitch', 'roll', 'gaze yaw', 'gaze pitch'].map((name, k) => [
      name,
      mean(shown.map((one) => one.angles[k]!)),
    ]),
  );
  const rows = FITTED_UNITS.map((unit, u): UnitRow => {
    const of = (key: 'truth' | 'single' | 'paired'): number[] => shown.map((one) => one[key][u]!);
    const truth = of('truth');
    return {
      unit: `AU${unit}`,
      shown: truth.filter((value) => value >= 0.2).length,
      'error, one photo': meanError(of('single'), truth),
      'error, with rest': meanError(of('paired'), truth),
      'always the mean': meanError(
        truth.map(() => mean(truth)),
        truth,
      ),
    };
  });
  const all = (key: string): number => mean(rows.map((row) => row[key] as number));
  rows.push({
    unit: 'all',
    shown: shown.length,
    ...Object.fromEntries(['error, one photo', 'error, with rest', 'always the mean'].map((key) => [key, all(key)])),
  });
  return { rows, angles, faces: shown.length, fitMs: median(milliseconds) };
}

/** A photo of FER+, its face, and the label that most gave it. */
interface Photo {
  readonly label: string;
  readonly mesh: readonly Point3[];
  readonly finer: readonly Point3[];
  readonly expressions: Readonly<Record<string, number>>;
  readonly top: string;
}

/** @param keeps by label and its share of the votes   @param most of each label */
async function photosOf(
  samples: Samples,
  recognizer: Recognizer,
  most: number,
  keeps: (label: string, share: number) => boolean,
): Promise<Photo[]> {
  const photos: Photo[] = [];
  const choice = { seed: SEED, name: 'study/animate/photos', most, keeps };
  for await (const { label, image, face } of ferplusFaces(samples, recognizer, choice)) {
    const [prediction] = await recognizer.predictFaces(image, [face]);
    const [finer] = await attention.meshRois(image, [face.mesh.roi]);
    const { expressions, top } = prediction!;
    photos.push({ label, mesh: face.mesh.points, finer: finer!.points, expressions, top });
    if (photos.length % 200 === 0) log(`${photos.length} faces`);
  }
  return photos;
}

/** Tells which expression a picture of a character shows. */
class Judge {
  readonly #classifier: ExpressionClassifier;
  readonly #models = CHARACTERS.map((character) => new CharacterModel(character));

  constructor(classifier: ExpressionClassifier) {
    this.#classifier = classifier;
  }

  /** @param scenes of the characters in turn */
  async sees(scenes: readonly Scene[]): Promise<string[]> {
    const framing = framingOf(this.#classifier.preprocess, this.#classifier.model.name);
    const chips = scenes.map((scene, i) => {
      const { image, landmarks } = render(this.#models[i % this.#models.length]!, scene, JUDGED);
      return cutFace(image, landmarks, framing).image;
    });
    const [{ head, probabilities }] = (await this.#classifier.classify(chips)) as [
      Awaited<ReturnType<ExpressionClassifier['classify']>>[number],
    ];
    const K = head.classes.length;
    return scenes.map((_, i) => {
      const row = [...probabilities.subarray(i * K, (i + 1) * K)];
      return head.classes[row.indexOf(Math.max(...row))]!;
    });
  }
}

interface ShareRow extends Record<string, string | number | null> {
  readonly of: string;
  readonly all: number;
}

/** Shares of pictures seen as the photo was labelled: of all photos, the mean of the expressions, and of each. */
function shareRow(of: string, seen: readonly string[], labels: readonly string[]): ShareRow {
  const share = (which: (label: string) => boolean): number => {
    const rows = labels.flatMap((label, i) => (which(label) ? [Number(seen[i] === label)] : []));
    return Math.round(1000 * mean(rows)) / 10;
  };
  const each = EXPRESSIONS.map((expression) => [expression, share((label) => label === expression)] as const);
  return {
    of,
    all: share(() => true),
    'mean of 7': Math.round(10 * mean(each.map(([, value]) => value))) / 10,
    ...Object.fromEntries(each),
  };
}

async function shares(photos: readonly Photo[], fitter: ExpressionFitter, judge: Judge): Promise<ShareRow[]> {
  const labels = photos.map(({ label }) => label);
  const row = async (of: string, scene: (photo: Photo, i: number) => Scene): Promise<ShareRow> => {
    const made = shareRow(of, await judge.sees(photos.map(scene)), labels);
    log(`${of}: ${made.all} %`);
    return made;
  };
  const worn =
    (options: (photo: Photo) => FitOptions) =>
    (photo: Photo): Scene => {
      const { units } = fitter.fit(photo.mesh, { finer: photo.finer, ...options(photo) });
      return { units };
    };
  return [
    shareRow(
      'recognized in the photo',
      photos.map(({ top }) => top),
      labels,
    ),
    await row(
      'character, mesh and expression',
      worn(({ expressions }) => ({ expressions })),
    ),
    await row(
      'the same, plain mesh alone (as on the page)',
      worn(({ expressions, mesh }) => ({ expressions, finer: mesh })),
    ),
    await row(
      'character, expression weight 0.5',
      worn(({ expressions }) => ({ expressions, expressionWeight: 0.5 })),
    ),
    await row(
      'character, expression alone',
      worn(({ expressions }) => ({ expressions, expressionWeight: 1 })),
    ),
    await row(
      'character, mesh alone',
      worn(() => ({})),
    ),
    await row('ceiling: renders of the label', ({ label }, i) => {
      const { scene } = sampleScene(SEED, `study/animate/true/${i}`, label as AnyExpression, {
        light: false,
        background: false,
        poseDeg: 0,
      });
      return scene;
    }),
    await row('floor: the neutral character', () => ({})),
  ];
}

/** Of the drawn persons, from pixels; and the basis for photos. */
async function unitsPart(
  { path, people, heldOut, write }: Arguments,
  recognizer: Recognizer,
  halves: MeshHalves,
  canonical: CanonicalFace,
): Promise<{ basis: RigBasis; report: object }> {
  const all = peopleOf(people + heldOut, SEED);
  log(`what ${FITTED_UNITS.length} units do to ${people} drawn persons`);
  const { even, odd, rest } = await measure(all.slice(0, people), recognizer, halves);
  const basisOf = (faces: readonly HalfPoints[]): RigBasis => {
    const [evenRest, oddRest] = [faces.map((face) => face.even), faces.map((face) => face.odd)];
    return {
      rest: meanOf(evenRest),
      single: unitModel({ rest: evenRest, moves: even }),
      paired: unitModel({ rest: evenRest, share: PAIRED, moves: even }),
      sided: unitModel({ rest: oddRest, moves: odd }),
    };
  };
  const errors = await showErrors(
    all.slice(people),
    recognizer,
    new ExpressionFitter(canonical, halves, basisOf(rest)),
  );

  log('faces of FER+ at rest');
  const atRest = await photosOf(
    await (await loadDataset('ferplus', path)).loadSplit('Training', 'train'),
    recognizer,
    AT_REST,
    (label, share) => label === 'neutral' && share >= AGREED,
  );
  const basis = basisOf(atRest.map(({ mesh }) => halves.of(mesh)));
  if (write) {
    const file = fileURLToPath(new URL('../../../packages/mien/src/animate/rig-basis-data.ts', import.meta.url));
    await writeFile(
      file,
      `/** Made by \`npm run study:animate -- ferplus=FOLDER --write\`. */\nexport const BASIS =\n  '${encodeBasis(basis)}';\n`,
    );
    log(file);
  }
  return { basis, report: { people, heldOut, ...errors, atRest: atRest.length } };
}

/** Of persons that were not used. */
async function showErrors(
  people: readonly Character[],
  recognizer: Recognizer,
  fitter: ExpressionFitter,
): Promise<Awaited<ReturnType<typeof errorsOf>>> {
  log(`${people.length} persons that were not used`);
  const errors = await errorsOf(people, recognizer, fitter);
  process.stdout.write(`${formatTable(errors.rows)}\n\n${formatTable([errors.angles])}\n\n`);
  log(`a fit takes ${errors.fitMs.toFixed(2)} ms`);
  return errors;
}

/** Of the library's basis. */
async function libraryPart(
  { heldOut }: Arguments,
  recognizer: Recognizer,
  canonical: CanonicalFace,
): Promise<{ report: object }> {
  const all = peopleOf(PEOPLE + heldOut, SEED);
  const openings = await openingsOf(all.slice(0, PEOPLE), canonical, (picture) => meshesOf(recognizer, picture));
  process.stdout.write(`${formatTable(openings)}\n\n`);
  const errors = await showErrors(all.slice(PEOPLE), recognizer, await ExpressionFitter.create(canonical));
  return { report: { heldOut, openings, ...errors } };
}

async function run(args: Arguments): Promise<void> {
  const { path, judge, people, photos: most } = args;
  const date = new Date().toISOString();
  // The figures of the guide are of this model
  const recognizer = await createRecognizer({ model: 'fast', threads: 1 });
  const canonical = await npmFaceNetworks.canonicalFace();
  const halves = new MeshHalves(canonical);
  const units: { report: object; basis?: RigBasis } =
    people === 0
      ? await libraryPart(args, recognizer, canonical)
      : await unitsPart(args, recognizer, halves, canonical);
  let seen: { photos: number; seen: ShareRow[] } | undefined;
  if (judge !== undefined) {
    log('photos of FER+ and characters');
    const photos = await photosOf(
      await (await loadDataset('ferplus', path)).loadSplit('PublicTest', 'evaluate'),
      recognizer,
      most,
      (label) => (EXPRESSIONS as readonly string[]).includes(label),
    );
    const fitter = units.basis
      ? new ExpressionFitter(canonical, halves, units.basis)
      : await ExpressionFitter.create(canonical);
    const rows = await shares(
      photos,
      fitter,
      new Judge(await ExpressionClassifier.create(await readFile(judge), judge)),
    );
    process.stdout.write(`${formatTable(rows)}\n`);
    seen = { photos: photos.length, seen: rows };
  }
  const commit = currentCommit();
  const report = { machine: describeMachine(), date, commit, ...units.report, ...seen };
  log(await writeResult(`${JSON.stringify(report, null, 2)}\n`, { date, commit, name: 'animate' }));
}

await runProgram(log, parseArguments, run);
