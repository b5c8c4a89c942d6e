/**
 * A photo's expressions on another face: photo → faces → framed faces → generator → pictures. Where the recognizer reads
 * an expression, this shows it, on a person (a character) that the generator learned.
 */
import { findFaces, landmarks68, type FaceDetector, type FaceMesher } from '../face/index.ts';
import type { BoxXYWH, RawImage } from '../image/index.ts';
import { cutFace } from './cut-face.ts';
import type { FaceGenerator, GenerateOptions } from './face-generator.ts';
import { framingOf } from './face-inputs.ts';

/** A face of a photo, and what became of it. */
export interface TransferredFace {
  /** Around the face's mesh, px of the photo. */
  readonly box: BoxXYWH;
  /** How sure the detector is that this is a face, 0 … 1. */
  readonly score: number;
  /** The face as the generator saw it, before the cut. */
  readonly chip: RawImage;
  /** The person with the face's expression, RGB. */
  readonly picture: RawImage;
}

export interface FaceTransferParts {
  readonly detector: FaceDetector;
  readonly mesher: FaceMesher;
  readonly generator: FaceGenerator;
}

export class FaceTransfer {
  readonly #parts: FaceTransferParts;
  readonly #framing: ReturnType<typeof framingOf>;

  /** @throws {InputError} when the generator was not trained on framed faces */
  constructor(parts: FaceTransferParts) {
    this.#parts = parts;
    const { input, name } = parts.generator.model;
    this.#framing = framingOf({ ...input, classes: [] }, name);
  }

  get generator(): FaceGenerator {
    return this.#parts.generator;
  }

  /**
   * Every face of the photo, surest first; none where the photo shows none.
   * @throws {InputError} for an unknown person
   * @example
   * ```ts
   * import { decodeImage } from 'mienjs';
   * import { writeImage } from 'mienjs/image/node';
   * import { createFaceTransfer } from 'mienjs/predict/node';
   *
   * const transfer = await createFaceTransfer('runs/ha-gan/ha-gan.ferplus.generator.onnx');
   * const [face] = await transfer.transfer(await decodeImage('photo.jpg'));
   * if (face) await writeImage('character.png', face.picture);
   * await transfer.release();
   * ```
   */
  async transfer(image: RawImage, options: GenerateOptions = {}): Promise<TransferredFace[]> {
    const { detector, mesher, generator } = this.#parts;
    const faces = await findFaces(image, detector, mesher);
    const chips = faces.map(({ mesh }) => cutFace(image, landmarks68(mesh.points), this.#framing).image);
    const pictures = await generator.generate(chips, options);
    return faces.map(({ box, detection }, i) => ({
      box,
      score: detection.score,
      chip: chips[i]!,
      picture: pictures[i]!,
    }));
  }

  /** Frees the generator's memory; the face networks stay for the life of the process. */
  release(): Promise<void> {
    return this.#parts.generator.release();
  }
}
