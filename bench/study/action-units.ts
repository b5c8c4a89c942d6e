/**
 * npm run study:action-units -- ferplus=FOLDER [--people 40] [--held-out 25] [--photos 150] [--write]
 *
 * Estimates of action units from the mesh. Calibrates them on drawn persons, whose units are known, and on photos of FER+'s
 * training split; leaves out the units that the mesh does not show; and measures the others on drawn persons of another
 * seed, rendered, found and meshed as photos are, and on photos of FER+'s PublicTest. With --write the calibration goes into
 * the library; with --people 0 none is made, and the library's own is measured.
 *
 * --photos: of each expression of PublicTest at most.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRecognizer, type Recognizer } from 'mienjs';
import {
  ESTIMATED_UNITS,
  estimatesOf,
  ExpressionFitter,
  FITTED_UNITS,
  LIBRARY_CALIBRATION,
  libraryBasis,
  MeshHalves,
  type UnitCalibration,
  unitWeights,
} from 'mienjs/animate';
import { loadDataset } from 'mienjs/data/node';
import type { CanonicalFace } from 'mienjs/face';
import { npmFaceNetworks } from 'mienjs/face/node';
import { intraclassCorrelation, pearsonCorrelation, presenceF1, rocAuc } from 'mienjs/metrics';
import { type ActionUnit, formsOf, peopleOf, sidesOf, unitsOfExpression } from 'mienjs/synth';
import { currentCommit, describeMachine } from '../machine.ts';
import { datasetArgument, logAs, runProgram, wholeArgument } from '../program.ts';
import { writeResult } from '../results.ts';
import { formatTable } from '../table.ts';
import { calibrate, PRESENT } from './calibrate-units.ts';
import { drawnFaces, type DrawnFace, type DrawnKind } from './drawn-units.ts';
import { ferplusFaces } from './ferplus-faces.ts';

const SEED = 21;
const HELD_OUT_SEED = 22;
/** Persons of whom the library's calibration is. */
const PEOPLE = 40;
/** Of each, beside one at rest. */
const PICTURES = 16;
const EXPRESSIONS = ['neutral', 'happiness', 'surprise', 'sadness', 'anger', 'disgust', 'fear'] as const;
type Basic = (typeof EXPRESSIONS)[number];
/** At least so many of FER+'s ten say "neutral" of a face that counts as at rest. */
const AGREED = 0.7;
const AT_REST = 300;
/** Of each expression of the training split. */
const TRAINING_PHOTOS = 80;
/** A unit belongs to an expression that has it at least so strong in one of its forms, 0 … 1. */
const BELONGS = 0.3;
/**
 * Left out are units that are told worse than this: area under the ROC curve of all drawn faces of the calibration, and of
 * training photos of the expression that shows the unit most against those of expressions that do not have it; and
 * correlation where units are independent, higher where no expression shows the unit, so that photos cannot tell.
 */
const LEAST = { auc: 0.65, photoAuc: 0.6, correlation: 0.35, correlationAlone: 0.6 };

interface Arguments {
  readonly path: string;
  readonly people: number;
  readonly heldOut: number;
  readonly photos: number;
  readonly write: boolean;
}

type Row = Record<string, string | number | null>;
/** A face with its fitted weights [U]. */
interface Weighed extends Pick<DrawnFace, 'kind' | 'truth'> {
  readonly weights: readonly number[];
  /** With the face at rest of photos in place of that of drawn persons. */
  readonly asPhoto: readonly number[];
}
interface Photo {
  readonly label: string;
  readonly weights: readonly number[];
}

const log = logAs('study');

function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      people: { type: 'string', default: String(PEOPLE) },
      'held-out': { type: 'string', default: '25' },
      photos: { type: 'string', default: '150' },
      write: { type: 'boolean', default: false },
    },
  });
  const { dataset, path } = datasetArgument(positionals);
  if (dataset !== 'ferplus') throw new TypeError('expected ferplus=FOLDER');
  const people = wholeArgument('people', values.people, 0);
  if (values.write && people === 0) throw new TypeError('--write: expected --people of at least 2');
  return {
    path,
    people,
    heldOut: wholeArgument('held-out', values['held-out'], 2),
    photos: wholeArgument('photos', values.photos, 1),
    write: values.write,
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const share = (values: readonly boolean[]): number => mean(values.map(Number));
const at = (unit: ActionUnit): number => FITTED_UNITS.indexOf(unit);

/** Estimates of photos, and of drawn persons: each population by its own face at rest. */
class Fitters {
  readonly photos: ExpressionFitter;
  readonly drawn: ExpressionFitter;

  private constructor(photos: ExpressionFitter, drawn: ExpressionFitter) {
    this.photos = photos;
    this.drawn = drawn;
  }

  /** @param atRest drawn persons at rest */
  static async create(canonical: CanonicalFace, atRest: readonly DrawnFace[]): Promise<Fitters> {
    const halves = new MeshHalves(canonical);
    const basis = await libraryBasis(halves.pairs.length);
    const points = atRest.map(({ mesh }) => halves.of(mesh).even);
    const rest = points[0]!.map((_, i) => mean(points.map((row) => row[i]!)));
    return new Fitters(
      new ExpressionFitter(canonical, halves, basis),
      new ExpressionFitter(canonical, halves, { ...basis, rest }),
    );
  }

  weigh = ({ kind, mesh, truth }: DrawnFace): Weighed => ({
    kind,
    truth,
    weights: unitWeights(this.drawn, mesh),
    asPhoto: unitWeights(this.photos, mesh),
  });
}

function drawn(recognizer: Recognizer, count: number, seed: number, pictures = PICTURES): Promise<DrawnFace[]> {
  return drawnFaces(peopleOf(count, seed), recognizer, {
    seed,
    pictures,
    onPerson: (done) => done % 5 === 0 && log(`${done} of ${count} drawn persons`),
  });
}

async function photosOf(
  { path }: Arguments,
  split: 'Training' | 'PublicTest',
  { recognizer, fitter, most }: { recognizer: Recognizer; fitter: ExpressionFitter; most: number },
  keeps: (label: string, share: number) => boolean,
): Promise<Photo[]> {
  const dataset = await loadDataset('ferplus', path);
  const samples = await dataset.loadSplit(split, split === 'Training' ? 'train' : 'evaluate');
  const photos: Photo[] = [];
  const choice = { seed: SEED, name: 'study/action-units/photos', most, keeps };
  for await (const { label, face } of ferplusFaces(samples, recognizer, choice)) {
    photos.push({ label, weights: unitWeights(fitter, face.mesh.points) });
    if (photos.length % 200 === 0) log(`${photos.length} photos of ${split}`);
  }
  return photos;
}

const isBasic = (label: string): label is Basic => (EXPRESSIONS as readonly string[]).includes(label);

/** How strongly an expression has the unit, 0 … 1, in that of its forms that has it most. */
function strength(expression: Basic, unit: ActionUnit): number {
  const forms = Array.from({ length: formsOf(expression) }, (_, form) => unitsOfExpression(expression, 1, form));
  return Math.max(
    ...forms.map((units) => {
      const { left, right } = sidesOf(units[unit]);
      return Math.max(left, right);
    }),
  );
}

/** The expression that has the unit most; undefined where none has it. */
function tellingExpression(unit: ActionUnit): Basic | undefined {
  const [best] = [...EXPRESSIONS].sort((a, b) => strength(b, unit) - strength(a, unit));
  return strength(best!, unit) >= BELONGS ? best : undefined;
}

/** How well a score tells photos of an expression from others. @param others labels of these */
function toldApart(
  photos: readonly Photo[],
  expression: Basic,
  score: (photo: Photo) => number,
  others: (label: Basic) => boolean = () => true,
): number {
  const used = photos.filter(({ label }) => label === expression || others(label as Basic));
  return rocAuc(
    used.map(({ label }) => Number(label === expression)),
    used.map(score),
  );
}

const isWithout =
  (...units: readonly ActionUnit[]) =>
  (label: Basic): boolean =>
    units.every((unit) => strength(label, unit) < BELONGS);

const present = (faces: readonly Weighed[], u: number): number[] =>
  faces.map(({ truth }) => Number(truth[u]! >= PRESENT));

/** Which units the mesh shows, and their calibration. */
function calibrateUnits(
  faces: readonly Weighed[],
  atRest: readonly Photo[],
  photos: readonly Photo[],
): { rows: Row[]; calibration: UnitCalibration[] } {
  const calibration: UnitCalibration[] = [];
  const rows = FITTED_UNITS.map((unit, u): Row => {
    const of = (kind?: DrawnKind): { truth: number[]; weights: number[]; shown: number[] } => {
      const used = faces.filter((face) => kind === undefined || face.kind === kind);
      return {
        truth: used.map(({ truth }) => truth[u]!),
        weights: used.map(({ weights }) => weights[u]!),
        shown: present(used, u),
      };
    };
    const [all, alone] = [of(), of('independent')];
    const told = tellingExpression(unit);
    const auc = rocAuc(all.shown, all.weights);
    const correlation = pearsonCorrelation(alone.truth, alone.weights);
    const onPhotos = told ? toldApart(photos, told, ({ weights }) => weights[u]!, isWithout(unit)) : null;
    const isShown =
      auc >= LEAST.auc &&
      (onPhotos === null || onPhotos >= LEAST.photoAuc) &&
      correlation >= (onPhotos === null ? LEAST.correlationAlone : LEAST.correlation);
    const fitted = calibrate(
      unit,
      all,
      atRest.map(({ weights }) => weights[u]!),
    );
    if (isShown) calibration.push(fitted);
    return {
      unit: `AU${unit}`,
      shown: all.shown.filter(Boolean).length,
      'AUC, drawn': auc,
      'r, independent': correlation,
      'AUC, photos': onPhotos,
      'of photos of': told ?? '',
      'weight at rest': fitted.rest,
      slope: fitted.slope,
      'present from': fitted.present,
      estimated: isShown ? 'yes' : 'no',
    };
  });
  return { rows, calibration };
}

/** Of drawn persons that were not used. */
function errorRows(faces: readonly Weighed[], calibration: readonly UnitCalibration[]): Row[] {
  const estimated = (weights: readonly number[]) => estimatesOf(weights, calibration);
  const own = faces.map(({ weights }) => estimated(weights));
  const asPhoto = faces.map((face) => estimated(face.asPhoto));
  return calibration.map(({ unit }, c): Row => {
    const u = at(unit);
    const truth = faces.map((face) => face.truth[u]!);
    const shown = present(faces, u);
    const error = (values: readonly number[]): number => mean(truth.map((value, i) => Math.abs(value - values[i]!)));
    const scores = own.map((row) => row[c]!.intensity);
    const auc = (kind: DrawnKind): number => {
      const indices = faces.flatMap((face, i) => (face.kind === kind ? [i] : []));
      return rocAuc(
        indices.map((i) => shown[i]!),
        indices.map((i) => scores[i]!),
      );
    };
    const photoScores = asPhoto.map((row) => row[c]!.intensity);
    return {
      unit: `AU${unit}`,
      shown: shown.filter(Boolean).length,
      r: pearsonCorrelation(truth, scores),
      ICC: intraclassCorrelation(truth, scores),
      error: error(scores),
      'always the mean': error(truth.map(() => mean(truth))),
      'always 0': mean(truth),
      AUC: rocAuc(shown, scores),
      'AUC, expressions': auc('expression'),
      'AUC, independent': auc('independent'),
      F1: presenceF1(
        shown,
        own.map((row) => Number(row[c]!.present)),
      ),
      'F1, always': presenceF1(
        shown,
        shown.map(() => 1),
      ),
      "ICC, photos' rest": intraclassCorrelation(truth, photoScores),
      "error, photos' rest": error(photoScores),
    };
  });
}

/** On photos: how well units tell expressions apart, from all others and from those that do not have the units. */
function photoRows(photos: readonly Photo[], calibration: readonly UnitCalibration[]): Row[] {
  const row = (
    what: string,
    expression: Basic,
    score: (photo: Photo) => number,
    units: readonly ActionUnit[],
  ): Row => ({
    what,
    expression,
    photos: photos.filter(({ label }) => label === expression).length,
    'AUC, all others': toldApart(photos, expression, score),
    'AUC, those without it': toldApart(photos, expression, score, isWithout(...units)),
  });
  const estimated = (expression: Basic, ...units: readonly ActionUnit[]): Row => {
    const score = ({ weights }: Photo): number =>
      estimatesOf(weights, calibration)
        .filter(({ unit }) => units.includes(unit))
        .reduce((total, { intensity }) => total + intensity, 0);
    return row(units.map((unit) => `AU${unit}`).join(' + '), expression, score, units);
  };
  const weighed = ({ weights }: Photo): number => weights[at(1)]! + weights[at(2)]! + weights[at(5)]!;
  return [
    estimated('happiness', 12),
    estimated('surprise', 1, 2),
    row('AU1 + AU2 + AU5, weights of the fit', 'surprise', weighed, [1, 2, 5]),
    estimated('anger', 4),
    ...calibration.flatMap(({ unit }) => {
      const told = tellingExpression(unit);
      return told && ![4, 12].includes(unit) ? [estimated(told, unit)] : [];
    }),
  ];
}

/** Shares of photos of which a unit is said to be present, %. */
function presenceRows(photos: readonly Photo[], calibration: readonly UnitCalibration[]): Row[] {
  return calibration.map(({ unit }, c) => ({
    unit: `AU${unit}`,
    ...Object.fromEntries(
      EXPRESSIONS.map((expression) => {
        const used = photos.filter(({ label }) => label === expression);
        return [
          expression,
          Math.round(100 * share(used.map(({ weights }) => estimatesOf(weights, calibration)[c]!.present))),
        ];
      }),
    ),
  }));
}

const show = (title: string, rows: readonly Row[]): void => {
  process.stdout.write(`${title}\n\n${formatTable(rows)}\n\n`);
};

async function run(args: Arguments): Promise<void> {
  const date = new Date().toISOString();
  const recognizer = await createRecognizer({ threads: 1 });
  const canonical = await npmFaceNetworks.canonicalFace();
  const heldOut = await drawn(recognizer, args.heldOut, HELD_OUT_SEED);
  const faces = await (args.people === 0 ? drawn(recognizer, PEOPLE, SEED, 0) : drawn(recognizer, args.people, SEED));
  const fitters = await Fitters.create(
    canonical,
    faces.filter(({ kind }) => kind === 'rest'),
  );
  const photosWith = { recognizer, fitter: fitters.photos };
  let calibration = LIBRARY_CALIBRATION;
  let made: Row[] | undefined;
  if (args.people > 0) {
    const atRest = await photosOf(
      args,
      'Training',
      { ...photosWith, most: AT_REST },
      (label, votes) => label === 'neutral' && votes >= AGREED,
    );
    const photos = await photosOf(args, 'Training', { ...photosWith, most: TRAINING_PHOTOS }, isBasic);
    ({ calibration, rows: made } = calibrateUnits(faces.map(fitters.weigh), atRest, photos));
    show(`Calibration: ${faces.length} drawn faces, ${photos.length} photos`, made);
    if (args.write) await write(calibration);
  } else log(`the library's calibration of ${ESTIMATED_UNITS.length} units`);
  const errors = errorRows(heldOut.map(fitters.weigh), calibration);
  show(`${heldOut.length} faces of ${args.heldOut} drawn persons that were not used, from pixels`, errors);
  const test = await photosOf(args, 'PublicTest', { ...photosWith, most: args.photos }, isBasic);
  const [told, shares] = [photoRows(test, calibration), presenceRows(test, calibration)];
  show(`${test.length} photos of FER+'s PublicTest`, told);
  show('Said to be present, % of the photos of each expression', shares);
  const commit = currentCommit();
  const report = { machine: describeMachine(), date, commit, ...args, path: undefined };
  const tables = { faces: faces.length, made, heldOutFaces: heldOut.length, errors, test: test.length, told, shares };
  log(
    await writeResult(`${JSON.stringify({ ...report, ...tables }, null, 2)}\n`, { date, commit, name: 'action-units' }),
  );
}

async function write(calibration: readonly UnitCalibration[]): Promise<void> {
  const file = fileURLToPath(new URL('../../../packages/mien/src/animate/action-unit-calibration.ts', import.meta.url));
  const lines = calibration.map(
    ({ unit, rest, slope, present: from }) =>
      `  { unit: ${unit}, rest: ${rest}, slope: ${slope}, present: ${from} },\n`,
  );
  await writeFile(
    file,
    `/** Made by \`npm run study:action-units -- ferplus=FOLDER --write\`. */
import type { UnitCalibration } from './unit-calibration.ts';

/** The calibration that comes with the library. */
export const LIBRARY_CALIBRATION: readonly UnitCalibration[] = [
${lines.join('')}];
`,
  );
  log(file);
}

await runProgram(log, parseArguments, run);
