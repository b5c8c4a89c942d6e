/** Photos to faces, faces to units, units to pictures of a character. */
import {
  createRecognizer,
  type FacePrediction,
  InputError,
  type BoxXYWH,
  type RawImage,
  type Recognizer,
} from 'mienjs';
import { ExpressionFitter, type ExpressionFit } from 'mienjs/animate';
import type { MediaPipeMesher } from 'mienjs/face';
import { npmFaceNetworks } from 'mienjs/face/node';
import { rawImage, resize, toRgb, type Point3 } from 'mienjs/image';
import type { Device } from 'mienjs/runtime';
import { CharacterModel, characterNamed, render, SYNTH_EXPRESSIONS } from 'mienjs/synth';

export interface PuppetOptions {
  readonly character: string;
  /** Side of the pictures, px. */
  readonly size: number;
  readonly expressionWeight: number;
  readonly exaggeration: number;
  /** Of the expressions. */
  readonly model: string;
  readonly device: Device;
}

/** A face of a photo, and the character that wears its expression. */
export interface WornFace {
  readonly prediction: FacePrediction;
  readonly fit: ExpressionFit;
  readonly picture: RawImage;
}

export class Puppet {
  readonly #options: PuppetOptions;
  readonly #model: CharacterModel;
  readonly #recognizer: Recognizer;
  readonly #fitter: ExpressionFitter;
  /** For the eyes alone: the basis is of the plain mesh. */
  readonly #irises: MediaPipeMesher;
  #neutral: readonly Point3[] | undefined;

  private constructor(
    options: PuppetOptions,
    model: CharacterModel,
    recognizer: Recognizer,
    fitter: ExpressionFitter,
    irises: MediaPipeMesher,
  ) {
    this.#options = options;
    this.#model = model;
    this.#recognizer = recognizer;
    this.#fitter = fitter;
    this.#irises = irises;
  }

  /** @throws {MienError} when there is no such character   @throws {InputError} when there is no such model */
  static async open(options: PuppetOptions): Promise<Puppet> {
    const { character, size, model, device } = options;
    const drawn = new CharacterModel(characterNamed(character), { levels: size > 320 ? 2 : 1 });
    const [recognizer, canonical, irises] = await Promise.all([
      createRecognizer({ model, device }),
      npmFaceNetworks.canonicalFace(),
      npmFaceNetworks.attentionMesher({ device }),
    ]);
    return new Puppet(options, drawn, recognizer, await ExpressionFitter.create(canonical), irises);
  }

  /**
   * What to say of a model whose classes no character can show.
   * @throws {InputError} where its expression alone was to count
   */
  noteOfModel(): string | undefined {
    const { model, classes } = this.#recognizer;
    const { expressionWeight } = this.#options;
    const shown: readonly string[] = SYNTH_EXPRESSIONS;
    if (expressionWeight === 0 || classes.some((name) => shown.includes(name))) return undefined;
    const what = `tells ${classes.join(', ')}, and no expression that characters show`;
    if (expressionWeight === 1) throw new InputError(model, `${what}: expected --expression-weight below 1`);
    return `${model} ${what}: the mesh alone decides`;
  }

  /** Takes the surest face of a photo for the person at rest. @throws {InputError} when it shows none */
  async rest(image: RawImage, name: string): Promise<void> {
    const [face] = await this.#recognizer.findFaces(image);
    if (!face) throw new InputError(name, 'shows no face, expected the person at rest');
    this.#neutral = face.mesh.points;
  }

  /** Every face of the photo, surest first. */
  async wear(image: RawImage): Promise<WornFace[]> {
    const faces = await this.#recognizer.findFaces(image);
    const predictions = await this.#recognizer.predictFaces(image, faces);
    const { expressionWeight, exaggeration } = this.#options;
    const worn: WornFace[] = [];
    for (const [i, face] of faces.entries()) {
      const prediction = predictions[i]!;
      const [finer] = await this.#irises.meshRois(image, [face.mesh.roi]);
      const fit = this.#fitter.fit(face.mesh.points, {
        ...(finer ? { finer: finer.points } : {}),
        expressions: prediction.expressions,
        expressionWeight,
        exaggeration,
        ...(this.#neutral ? { neutral: this.#neutral } : {}),
      });
      worn.push({ prediction, fit, picture: this.draw(fit) });
    }
    return worn;
  }

  draw(fit: ExpressionFit): RawImage {
    const { size } = this.#options;
    return render(this.#model, fit, { width: size, height: size }).image;
  }

  release(): Promise<void> {
    return this.#recognizer.release();
  }
}

/** How much of the photo around the face's box is shown. */
const AROUND = 1.5;

/** The face of a photo, and the character to its right, both as large as the character's picture. */
export function beside(image: RawImage, box: BoxXYWH, picture: RawImage): RawImage {
  const { height: side } = picture;
  const span = Math.round(AROUND * Math.max(box.width, box.height));
  const left = Math.round(box.x + box.width / 2 - span / 2);
  const top = Math.round(box.y + box.height / 2 - span / 2);
  const rgb = toRgb(image);
  const cut = rawImage(span, span, 3, new Uint8Array(3 * span * span).fill(255));
  for (let y = Math.max(0, -top); y < Math.min(span, rgb.height - top); y++)
    for (let x = Math.max(0, -left); x < Math.min(span, rgb.width - left); x++)
      for (let c = 0; c < 3; c++)
        cut.data[3 * (y * span + x) + c] = rgb.data[3 * ((top + y) * rgb.width + left + x) + c]!;
  const face = resize(cut, { width: side, height: side });
  const both = rawImage(2 * side, side, 3, new Uint8Array(6 * side * side));
  for (let y = 0; y < side; y++) {
    both.data.set(face.data.subarray(3 * y * side, 3 * (y + 1) * side), 6 * y * side);
    both.data.set(picture.data.subarray(3 * y * side, 3 * (y + 1) * side), 3 * side * (2 * y + 1));
  }
  return both;
}
