/**
 * A photo becomes a prediction: the whole flow.
 *
 *   RawImage → Detection[] → FaceMesh → 68 landmarks → FaceChip → tensor [N,C,H,W] → logits [N,K] → Prediction
 *
 * Coordinates are pixels of the image as displayed.
 */
import { InputError } from '../errors.ts';
import {
  faceQuality,
  FaceTracker,
  findFaces,
  headPose,
  landmarks68,
  type Face,
  type FaceDetector,
  type FaceMesher,
  type FaceQuality,
  type FaceTrackerOptions,
} from '../face/index.ts';
import type { HeadPose } from '../geometry/index.ts';
import type { BoxXYWH, Point2, RawImage } from '../image/index.ts';
import type { ExpressionClassifier, FaceInput, HeadValues } from './classifier.ts';
import { FaceInputs, type FaceInputsParts } from './face-inputs.ts';

export interface FacePrediction {
  /** Around the face's mesh. */
  readonly box: BoxXYWH;
  /** How sure the detector is that this is a face, 0 … 1. */
  readonly score: number;
  /** The 68 (see face/landmarks.ts). */
  readonly landmarks: readonly Point2[];
  readonly pose: HeadPose;
  /** Probability of each of the model's classes, in its class order; the sum is 1. */
  readonly expressions: Readonly<Record<string, number>>;
  /** The most probable class, one of the expressions unless the model was trained on others, and its probability. */
  readonly top: string;
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
  /** Gives up between two runs of a network; the promise is rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a recognizer is made of. */
export interface RecognizerParts extends FaceInputsParts {
  readonly detector: FaceDetector;
  readonly mesher: FaceMesher;
  readonly classifier: Pick<ExpressionClassifier, 'model' | 'preprocess' | 'inputs' | 'answer' | 'release'>;
}

export class Recognizer {
  readonly #parts: RecognizerParts;
  readonly #inputs: FaceInputs;
  readonly #classes: readonly string[];

  /** @throws {InputError} when the model tells no classes apart, or was not trained on framed faces */
  constructor(parts: RecognizerParts) {
    const {
      name,
      heads: [head],
    } = parts.classifier.model;
    this.#parts = parts;
    if (!head) throw new InputError(name, 'has no output of expressions, which recognition reports');
    this.#inputs = new FaceInputs(parts.classifier, parts);
    this.#classes = head.classes;
  }

  /** Name of the expression model. */
  get model(): string {
    return this.#parts.classifier.model.name;
  }

  /** The expressions, or other classes, that it tells apart, in the order of its output. */
  get classes(): readonly string[] {
    return this.#classes;
  }

  /**
   * Every face of the image with its expression.
   * @throws the reason of `signal` when it is aborted
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
  async recognize(image: RawImage, { onStage, signal }: RecognizeOptions = {}): Promise<Prediction> {
    const { detector, mesher } = this.#parts;
    const { spent, timed } = stopwatch(signal);
    const faces = await findFaces(image, timedDetector(detector, timed), timedMesher(mesher, timed));
    const predictions = await this.#predict(image, faces, timed);
    for (const stage of STAGES) onStage?.(stage, spent[stage]);
    return { faces: predictions };
  }

  /**
   * The faces of the image as detector and mesh find them, with all points of their meshes: the first half of
   * `recognize`.
   */
  findFaces(image: RawImage): Promise<Face[]> {
    return findFaces(image, this.#parts.detector, this.#parts.mesher);
  }

  /**
   * The expressions of faces that were found or followed: the second half of `recognize`.
   * @param faces of this image, in any order   @returns a prediction for each, in their order
   * @example
   * ```ts
   * import { createRecognizer, decodeImage } from 'mienjs';
   *
   * const recognizer = await createRecognizer();
   * const photo = await decodeImage('group.jpg');
   * const faces = await recognizer.findFaces(photo);
   * const predictions = await recognizer.predictFaces(photo, faces);
   * faces.forEach(({ mesh }, i) => console.log(mesh.points.length, predictions[i]!.top));
   * ```
   */
  predictFaces(image: RawImage, faces: readonly Face[]): Promise<FacePrediction[]> {
    return this.#predict(image, faces, stopwatch().timed);
  }

  /**
   * Follows faces through the frames of one video or camera with this recognizer's networks.
   * @example
   * ```ts
   * import { createRecognizer, decodeImage } from 'mienjs';
   *
   * const recognizer = await createRecognizer();
   * const tracker = recognizer.createTracker();
   * for (const file of ['frame-1.png', 'frame-2.png']) {
   *   const frame = await decodeImage(file);
   *   const faces = await tracker.track(frame);
   *   const predictions = await recognizer.predictFaces(frame, faces);
   *   predictions.forEach(({ top }, i) => console.log(file, faces[i]!.id, top));
   * }
   * ```
   * @throws {ShapeError} when an option is out of range
   */
  createTracker(options: FaceTrackerOptions = {}): FaceTracker {
    return new FaceTracker(this.#parts, options);
  }

  async #predict(image: RawImage, faces: readonly Face[], timed: Timed): Promise<FacePrediction[]> {
    const { canonicalFace, classifier } = this.#parts;
    const inputs = await timed('align', async () => {
      const all: FaceInput[] = [];
      for (const face of faces) all.push(await this.#inputs.of(image, face));
      return all;
    });
    const {
      classes: [primary],
      values,
    } = await timed('classify', () => classifier.answer(inputs));
    const classes = this.#classes;
    const { probabilities } = primary!;

    return faces.map((face, i) => {
      const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
      const confidence = Math.max(...row);
      const pose = headPose(face.mesh.points, canonicalFace);
      return {
        box: face.box,
        score: face.detection.score,
        landmarks: landmarks68(face.mesh.points),
        pose,
        expressions: Object.fromEntries(classes.map((name, k) => [name, row[k]!])),
        top: classes[row.indexOf(confidence)]!,
        confidence,
        uncertain: confidence < (primary!.head.uncertainBelow ?? 0),
        quality: faceQuality(image, face, pose.yawDeg),
        ...(values.length > 0 ? { outputs: outputsOf(values, i) } : {}),
      };
    });
  }

  /** Frees the expression network's memory; the face networks stay for the life of the process. */
  release(): Promise<void> {
    return this.#parts.classifier.release();
  }
}

/** The time that each stage has taken so far, ms. @param signal begins none once it is aborted */
function stopwatch(signal?: AbortSignal): { readonly spent: Readonly<Record<Stage, number>>; readonly timed: Timed } {
  const spent: Record<Stage, number> = { detect: 0, mesh: 0, align: 0, classify: 0 };
  const timed: Timed = async (stage, work) => {
    signal?.throwIfAborted();
    const started = performance.now();
    const result = await work();
    spent[stage] += performance.now() - started;
    return result;
  };
  return { spent, timed };
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
