/**
 * A photo becomes a prediction: the whole flow.
 *
 *   RawImage → Detection[] → FaceMesh → 68 landmarks → FaceChip → tensor [N,C,H,W] → logits [N,K] → Prediction
 *
 * Coordinates are pixels of the image as displayed.
 */
import { meshNeedsOf } from '../data/mesh-needs.ts';
import type { ModelInput } from '../data/model-inputs.ts';
import { imageFormat, type PreprocessSpec } from '../data/preprocess.ts';
import { InputError } from '../errors.ts';
import {
  faceQuality,
  findFaces,
  headPose,
  landmarks68,
  type AlignSpec,
  type CanonicalFace,
  type FaceDetector,
  type FaceMesher,
  type FaceQuality,
  type FaceReconstructor,
} from '../face/index.ts';
import type { HeadPose } from '../geometry/index.ts';
import { applyAffine, type BoxXYWH, type Point2, type RawImage } from '../image/index.ts';
import { EXPRESSIONS_8, type Expression } from '../labels/index.ts';
import type { ExpressionClassifier, FaceInput, HeadValues } from './classifier.ts';
import { cutFace } from './cut-face.ts';
import type { FrontalFaces, FrontalNeeds } from './frontal-faces.ts';

export interface FacePrediction {
  /** Around the face's mesh. */
  readonly box: BoxXYWH;
  /** How sure the detector is that this is a face, 0 … 1. */
  readonly score: number;
  /** The 68 (see face/landmarks.ts). */
  readonly landmarks: readonly Point2[];
  readonly pose: HeadPose;
  /** Probability of each of the model's classes, in its class order; the sum is 1. */
  readonly expressions: Readonly<Partial<Record<Expression, number>>>;
  /** The most probable expression, and its probability. */
  readonly top: Expression;
  readonly confidence: number;
  /**
   * Whether the confidence is below the model's threshold: of faces like this one the answer is often wrong, or people
   * disagree themselves. The model's card says how often, and what the threshold costs. False for a model without a
   * threshold.
   */
  readonly uncertain: boolean;
  /** What the reading rests on: size, sharpness, yaw, presence, the part that is cut off. */
  readonly quality: FaceQuality;
  /**
   * What the model's further outputs say, by output and name: probabilities of labels such as action units, or numbers
   * such as valence. Absent for a model without such outputs.
   */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface Prediction {
  /** Surest first; empty when the image shows no face. */
  readonly faces: readonly FacePrediction[];
}

/** The stages of recognition, as they are timed. */
const STAGES = ['detect', 'mesh', 'align', 'classify'] as const;
export type Stage = (typeof STAGES)[number];

export interface RecognizeOptions {
  /** Receives the time that each stage took, ms, in the order of `Stage`. */
  readonly onStage?: (stage: Stage, elapsedMs: number) => void;
  /** Receives what the expression network is shown of each face, in the order of the faces. */
  readonly onInputs?: (inputs: readonly FaceInput[]) => void;
}

/** What a recognizer is made of. */
export interface RecognizerParts {
  readonly detector: FaceDetector;
  readonly mesher: FaceMesher;
  readonly canonicalFace: CanonicalFace;
  /**
   * Makes surfaces of faces, for models that take them turned to the front; default `MeshReconstructor`. It should be the
   * one that the model was trained with.
   */
  readonly reconstructor?: FaceReconstructor;
  readonly classifier: Pick<ExpressionClassifier, 'model' | 'preprocess' | 'inputs' | 'answer' | 'release'>;
}

/** Inputs that are made of a face in a photo. */
const OF_A_PHOTO: ReadonlySet<ModelInput['kind']> = new Set(['image', 'landmarks', 'frontal']);

export class Recognizer {
  readonly #parts: RecognizerParts;
  readonly #framing: AlignSpec;
  readonly #classes: readonly Expression[];
  /** Undefined for a model that takes no frontal face. */
  readonly #needs: FrontalNeeds | undefined;
  #frontal: Promise<FrontalFaces> | undefined;

  /** @throws {InputError} when the model tells apart anything but expressions, or was not trained on framed faces */
  constructor(parts: RecognizerParts) {
    const {
      name,
      heads: [head],
    } = parts.classifier.model;
    this.#parts = parts;
    this.#framing = framingOf(parts.classifier.preprocess, name);
    if (!head) throw new InputError(name, 'has no output of expressions, which recognition reports');
    const { inputs } = parts.classifier;
    const unknown = Object.entries(inputs).find(([, { kind }]) => !OF_A_PHOTO.has(kind));
    if (unknown)
      throw new InputError(name, `takes ${unknown[1].kind}s as its input "${unknown[0]}", which a photo is not`);
    const views = meshNeedsOf(Object.values(inputs))?.views ?? {};
    const isFrontal = parts.classifier.preprocess.alignment === 'frontal';
    if (isFrontal || Object.keys(views).length > 0)
      this.#needs = { views, ...(isFrontal ? { frame: this.#framing } : {}) };
    this.#classes = head.classes.map((c) => {
      if (isExpression(c)) return c;
      throw new InputError(name, `its class "${c}" is not an expression, expected some of ${EXPRESSIONS_8.join(', ')}`);
    });
  }

  /** Name of the expression model. */
  get model(): string {
    return this.#parts.classifier.model.name;
  }

  /** The expressions that it tells apart, in the order of its output. */
  get classes(): readonly Expression[] {
    return this.#classes;
  }

  /**
   * Every face of the image with its expression.
   * @example
   * ```ts
   * import { createRecognizer, decodeImage } from 'mienjs';
   *
   * const recognizer = await createRecognizer();
   * const photo = await decodeImage('group.jpg');
   * const { faces } = await recognizer.recognize(photo, { onStage: (stage, ms) => console.log(stage, ms) });
   * const clear = faces.filter(({ quality, uncertain }) => quality.presence > 0.95 && !uncertain);
   * for (const { box, top, expressions } of clear) console.log(box, top, expressions.happiness);
   * ```
   */
  async recognize(image: RawImage, { onStage, onInputs }: RecognizeOptions = {}): Promise<Prediction> {
    const { detector, mesher, canonicalFace, classifier } = this.#parts;
    const spent: Record<Stage, number> = { detect: 0, mesh: 0, align: 0, classify: 0 };
    const timed: Timed = async (stage, work) => {
      const started = performance.now();
      const result = await work();
      spent[stage] += performance.now() - started;
      return result;
    };

    const faces = await findFaces(image, timedDetector(detector, timed), timedMesher(mesher, timed));
    const landmarks = faces.map(({ mesh }) => landmarks68(mesh.points));
    const inputs = await timed('align', async () => {
      const frontal = faces.length > 0 ? await this.#loadFrontal() : undefined;
      const all: FaceInput[] = [];
      for (const [i, points] of landmarks.entries()) {
        const { image: cut, transform } = cutFace(image, points, this.#framing);
        all.push({
          chip: frontal?.chip(image, points) ?? cut,
          landmarks: points.map((point) => applyAffine(transform, point)),
          ...(frontal ? { frontal: await frontal.views(image, faces[i]!) } : {}),
        });
      }
      return all;
    });
    onInputs?.(inputs);
    const {
      classes: [primary],
      values,
    } = await timed('classify', () => classifier.answer(inputs));
    for (const stage of STAGES) onStage?.(stage, spent[stage]);
    const classes = this.#classes;
    const { probabilities } = primary!;

    return {
      faces: faces.map((face, i) => {
        const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
        const confidence = Math.max(...row);
        const pose = headPose(face.mesh.points, canonicalFace);
        return {
          box: face.box,
          score: face.detection.score,
          landmarks: landmarks[i]!,
          pose,
          expressions: Object.fromEntries(classes.map((name, k) => [name, row[k]!])),
          top: classes[row.indexOf(confidence)]!,
          confidence,
          uncertain: confidence < (primary!.head.uncertainBelow ?? 0),
          quality: faceQuality(image, face, pose.yawDeg),
          ...(values.length > 0 ? { outputs: outputsOf(values, i) } : {}),
        };
      }),
    };
  }

  #loadFrontal(): Promise<FrontalFaces> | undefined {
    const needs = this.#needs;
    const { canonicalFace, reconstructor } = this.#parts;
    return (this.#frontal ??=
      needs && import('./frontal-faces.ts').then((part) => new part.FrontalFaces(canonicalFace, needs, reconstructor)));
  }

  /** Frees the expression network's memory; the face networks stay for the life of the process. */
  release(): Promise<void> {
    return this.#parts.classifier.release();
  }
}

type Timed = <T>(stage: Stage, work: () => T | Promise<T>) => Promise<T>;

/** The same detector, its time counted; close-ups of doubtful faces are detection, too. */
function timedDetector(detector: FaceDetector, timed: Timed): FaceDetector {
  const { closer } = detector;
  return {
    detect: (image) => timed('detect', () => detector.detect(image)),
    ...(closer
      ? {
          closer: {
            detectTurned: (image, turnRad) => timed('detect', () => closer.detectTurned(image, turnRad)),
            lookAt: (image, squares) => timed('detect', () => closer.lookAt(image, squares)),
          },
        }
      : {}),
  };
}

function timedMesher(mesher: FaceMesher, timed: Timed): FaceMesher {
  return {
    mesh: (image, detection) => timed('mesh', () => mesher.mesh(image, detection)),
    meshAll: (image, detections) => timed('mesh', () => mesher.meshAll(image, detections)),
    ...(mesher.meshRois ? { meshRois: (image, rois) => timed('mesh', () => mesher.meshRois!(image, rois)) } : {}),
  };
}

/** What the heads of several labels or numbers say of face i. */
const outputsOf = (values: readonly HeadValues[], i: number): Record<string, Record<string, number>> =>
  Object.fromEntries(
    values.map(({ head: { output, names }, values: rows }) => [
      output,
      Object.fromEntries(names.map((name, l) => [name, rows[i * names.length + l]!])),
    ]),
  );

const isExpression = (name: string): name is Expression => (EXPRESSIONS_8 as readonly string[]).includes(name);

/**
 * The framing that the model was trained with.
 * @param model names it in errors   @throws {InputError} when it was not trained on framed faces
 */
export function framingOf(spec: PreprocessSpec, model: string): AlignSpec {
  const { template, width, height } = imageFormat(spec);
  if (!template)
    throw new InputError(
      model,
      'has no face template in its metadata: it was trained on whole images, not on framed faces',
    );
  return { template, size: { width, height } };
}
