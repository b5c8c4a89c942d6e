/**
 * Retargeting: from the mesh of a face to the action units of the rig, so that a character wears its expression. Weights
 * are the least squares on what units do to the mesh, jointly with identity, and with what the recognized expression
 * leads to expect.
 */
import { MienError } from '../errors.ts';
import { headPose, type CanonicalFace } from '../face/index.ts';
import type { HeadPose } from '../geometry/index.ts';
import type { Point3 } from '../image/index.ts';
import { type ActionUnit, type SidedIntensity, sidesOf, type UnitIntensities } from '../synth/index.ts';
import { boundedLeastSquares } from './bounded-least-squares.ts';
import { closedEyes, type Gaze, gazeOf, hasIrises } from './eyes.ts';
import { type Evidence, priorUnits, type SplitUnits } from './expression-prior.ts';
import { withOpenMouth } from './mouth.ts';
import { MeshHalves, type HalfPoints } from './mesh-halves.ts';
import { FITTED_UNITS, libraryBasis, type RigBasis, SIDED_UNITS, type UnitModel } from './rig-basis.ts';

/** What `render` draws: units, pose, and the gaze where a mesh has irises. */
export interface ExpressionFit {
  readonly units: UnitIntensities;
  readonly pose: HeadPose;
  readonly gaze?: Gaze;
}

export interface FitOptions {
  /**
   * Probability of each expression, as a recognizer gives them. Without them, and where none is among `SYNTH_EXPRESSIONS`,
   * the mesh alone decides.
   */
  readonly expressions?: Readonly<Record<string, number>>;
  /** Mesh of the same person's face at rest: their own shape is then known, and not guessed. */
  readonly neutral?: readonly Point3[];
  /**
   * The attention mesh of the same face (478 points), which tells gaze, closed eyes and open mouths. Default: the mesh, if
   * it is one.
   */
  readonly finer?: readonly Point3[];
  /** How much the expressions count against the mesh: 0 not at all, 1 alone. Default 0.7. */
  readonly expressionWeight?: number;
  /**
   * How many times as strongly as the mesh shows them the character shows the units. Default 1.6: a drawing that moves as
   * little as a face does looks bored.
   */
  readonly exaggeration?: number;
}

/** Of each unit towards what is expected, where the mesh alone decides: as if it were off by 0.3 of full intensity. */
const PULL = 12;
/** Weaker units are noise. */
const LEAST_UNIT = 0.02;
/**
 * About the pitch that heads which look straight ahead have by their mesh: in the median of 30 drawn persons it is −8.0, from
 * −12.6 to −4.5 (`npm run study:animate -- ferplus=FOLDER --people 0`).
 */
const LEVEL_PITCH_DEG = -7.7;

/**
 * @example
 * ```ts
 * import { createRecognizer, decodeImage } from 'mienjs';
 * import { ExpressionFitter } from 'mienjs/animate';
 * import { npmFaceNetworks } from 'mienjs/face/node';
 * import { writeImage } from 'mienjs/image/node';
 * import { CharacterModel, characterNamed, render } from 'mienjs/synth';
 *
 * const photo = await decodeImage('photo.jpg');
 * const recognizer = await createRecognizer();
 * const faces = await recognizer.findFaces(photo);
 * const [prediction] = await recognizer.predictFaces(photo, faces);
 * const fitter = await ExpressionFitter.create(await npmFaceNetworks.canonicalFace());
 * const fit = fitter.fit(faces[0]!.mesh.points, { expressions: prediction!.expressions });
 * const { image } = render(new CharacterModel(characterNamed('nora')), fit, { width: 256, height: 256 });
 * await writeImage('nora.png', image);
 * ```
 */
export class ExpressionFitter {
  readonly #canonical: CanonicalFace;
  readonly #halves: MeshHalves;
  readonly #basis: RigBasis;

  /** @param basis for the places of `halves` */
  constructor(canonical: CanonicalFace, halves: MeshHalves, basis: RigBasis) {
    this.#canonical = canonical;
    this.#halves = halves;
    this.#basis = basis;
  }

  /** With the basis that comes with the library. */
  static async create(canonical: CanonicalFace): Promise<ExpressionFitter> {
    const halves = new MeshHalves(canonical);
    return new ExpressionFitter(canonical, halves, await libraryBasis(halves.pairs.length));
  }

  /**
   * @param mesh at least 468 points, px, of the plain mesh: with it the basis was measured
   * @throws {MienError} when a mesh has fewer points, or an option is out of range
   * @throws {ShapeError} when the points lie in one place or on a line
   */
  fit(mesh: readonly Point3[], options: FitOptions = {}): ExpressionFit {
    const { expressions, neutral, finer = mesh, expressionWeight = 0.7, exaggeration = 1.6 } = options;
    if (!(expressionWeight >= 0 && expressionWeight <= 1))
      throw new MienError(`expressionWeight: expected 0 … 1, got ${expressionWeight}`);
    if (!(exaggeration > 0 && exaggeration <= 5))
      throw new MienError(`exaggeration: expected more than 0 and at most 5, got ${exaggeration}`);
    const evidence = this.#evidence(this.#halves.of(mesh), neutral && this.#halves.of(neutral), exaggeration);
    const prior = expressions && expressionWeight > 0 ? priorUnits(expressions, evidence) : undefined;
    const units = toSides(expressionWeight === 1 && prior ? prior : solved(evidence, prior, expressionWeight));
    const { yawDeg, pitchDeg, rollDeg } = headPose(mesh, this.#canonical);
    const pose = { yawDeg, pitchDeg: pitchDeg - LEVEL_PITCH_DEG, rollDeg };
    if (!hasIrises(finer)) return { units, pose };
    const { left, right } = sidesOf(units[43]);
    const closed = rounded(closedEyes(finer, yawDeg));
    const lids = { left: Math.max(left, closed), right: Math.max(right, closed) };
    return {
      units: { ...withOpenMouth(units, finer), ...(Math.max(lids.left, lids.right) > 0 ? { 43: lids } : {}) },
      pose,
      gaze: gazeOf(finer, yawDeg),
    };
  }

  #evidence(points: HalfPoints, neutral: HalfPoints | undefined, exaggeration: number): Evidence {
    const { rest, single, paired, sided } = this.#basis;
    const even = neutral ? paired : single;
    const against = (model: UnitModel, values: readonly number[], zero: readonly number[] | undefined): number[] =>
      model.P.map((row) => row.reduce((sum, p, i) => sum + p * (values[i]! - (zero?.[i] ?? 0)), 0) / exaggeration);
    const scaled = ({ G }: UnitModel): number[][] => G.map((row) => row.map((value) => value / exaggeration ** 2));
    return {
      b: { even: against(even, points.even, neutral?.even ?? rest), odd: against(sided, points.odd, neutral?.odd) },
      G: { even: scaled(even), odd: scaled(sided) },
    };
  }
}

/** The least squares that the prior pulls at. */
function solved({ b, G }: Evidence, prior: SplitUnits | undefined, weight: number): SplitUnits {
  const pull = prior ? PULL / (1 - weight) : PULL;
  const share = Math.min(1, 2 * weight);
  const expected = (units: readonly number[] | undefined): number[] | undefined => units?.map((value) => share * value);
  const even = pulled(G.even, b.even, expected(prior?.even), pull, () => [0, 1]);
  const most = SIDED_UNITS.map((unit) => {
    const both = even[FITTED_UNITS.indexOf(unit)]!;
    // Left and right both stay within 0 … 1
    return 2 * Math.min(both, 1 - both);
  });
  return { even, odd: pulled(G.odd, b.odd, expected(prior?.odd), pull, (s) => [-most[s]!, most[s]!]) };
}

function pulled(
  G: readonly (readonly number[])[],
  b: readonly number[],
  mean: readonly number[] | undefined,
  pull: number,
  range: (u: number) => readonly [number, number],
): number[] {
  return boundedLeastSquares(
    G.map((row, u) => row.map((value, v) => (u === v ? value + pull : value))),
    b.map((value, u) => value + pull * (mean?.[u] ?? 0)),
    (u) => range(u)[0],
    (u) => range(u)[1],
  );
}

function toSides({ even, odd }: SplitUnits): UnitIntensities {
  const units: Partial<Record<ActionUnit, number | SidedIntensity>> = {};
  FITTED_UNITS.forEach((unit, u) => {
    const both = even[u]!;
    const half = (odd[SIDED_UNITS.indexOf(unit)] ?? 0) / 2;
    const [left, right] = [rounded(both + half), rounded(both - half)];
    if (Math.max(left, right) < LEAST_UNIT) return;
    units[unit] = left === right ? left : { left, right };
  });
  return units;
}

/** Within 0 … 1, without the noise of binary fractions, which people would see in tables. */
const rounded = (value: number): number => Math.round(1e4 * Math.min(1, Math.max(0, value))) / 1e4;
