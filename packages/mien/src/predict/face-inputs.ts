/** A face that was found in a photo → what an expression network takes of it. Coordinates are pixels of the photo. */
import { meshNeedsOf } from '../data/mesh-needs.ts';
import type { ModelInput } from '../data/model-inputs.ts';
import { imageFormat } from '../data/image-input.ts';
import type { PreprocessSpec } from '../data/preprocess.ts';
import { InputError } from '../errors.ts';
import { landmarks68, type AlignSpec, type CanonicalFace, type Face, type FaceReconstructor } from '../face/index.ts';
import { applyAffine, type RawImage } from '../image/index.ts';
import type { ExpressionClassifier, FaceInput } from './classifier.ts';
import { cutFace } from './cut-face.ts';
import type { FrontalFaces, FrontalNeeds } from './frontal-faces.ts';

/** Inputs that are made of a face in a photo. */
const OF_A_PHOTO: ReadonlySet<ModelInput['kind']> = new Set(['image', 'landmarks', 'frontal']);

export interface FaceInputsParts {
  readonly canonicalFace: CanonicalFace;
  /**
   * Makes surfaces of faces, for models that take them turned to the front; default `MeshReconstructor`. It should be
   * the one that the model was trained with.
   */
  readonly reconstructor?: FaceReconstructor;
}

/**
 * Makes the inputs of one model.
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { findFaces } from 'mienjs/face';
 * import { loadCanonicalFace, loadFaceDetector, loadFaceMesher } from 'mienjs/face/node';
 * import { FaceInputs } from 'mienjs/predict';
 * import { loadClassifier } from 'mienjs/predict/node';
 *
 * const photo = await decodeImage('photo.jpg');
 * const classifier = await loadClassifier('default');
 * const inputs = new FaceInputs(classifier, { canonicalFace: await loadCanonicalFace() });
 * for (const face of await findFaces(photo, await loadFaceDetector(), await loadFaceMesher()))
 *   console.log(await classifier.answer([await inputs.of(photo, face)]));
 * ```
 */
export class FaceInputs {
  readonly framing: AlignSpec;
  readonly #parts: FaceInputsParts;
  /** Undefined for a model that takes no frontal face. */
  readonly #needs: FrontalNeeds | undefined;
  #frontal: Promise<FrontalFaces> | undefined;

  /** @throws {InputError} when the model takes what a photo does not have, or was not trained on framed faces */
  constructor(
    { model: { name }, preprocess, inputs }: Pick<ExpressionClassifier, 'model' | 'preprocess' | 'inputs'>,
    parts: FaceInputsParts,
  ) {
    this.#parts = parts;
    this.framing = framingOf(preprocess, name);
    const unknown = Object.entries(inputs).find(([, { kind }]) => !OF_A_PHOTO.has(kind));
    if (unknown)
      throw new InputError(name, `takes ${unknown[1].kind}s as its input "${unknown[0]}", which a photo is not`);
    const views = meshNeedsOf(Object.values(inputs))?.views ?? {};
    const isFrontal = preprocess.alignment === 'frontal';
    if (isFrontal || Object.keys(views).length > 0)
      this.#needs = { views, ...(isFrontal ? { frame: this.framing } : {}) };
  }

  async of(image: RawImage, face: Face): Promise<FaceInput> {
    const points = landmarks68(face.mesh.points);
    const { image: cut, transform } = cutFace(image, points, this.framing);
    const landmarks = points.map((point) => applyAffine(transform, point));
    const frontal = await this.#loadFrontal();
    if (!frontal) return { chip: cut, landmarks };
    return { chip: frontal.chip(image, points) ?? cut, landmarks, frontal: await frontal.views(image, face) };
  }

  #loadFrontal(): Promise<FrontalFaces> | undefined {
    const needs = this.#needs;
    const { canonicalFace, reconstructor } = this.#parts;
    return (this.#frontal ??=
      needs && import('./frontal-faces.ts').then((part) => new part.FrontalFaces(canonicalFace, needs, reconstructor)));
  }
}

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
