/**
 * Faces turned to the front for models that take them so: loaded when the first such model needs it, since pages without
 * one should not have to (see face-inputs.ts).
 */
import {
  frontalChip,
  Frontalizer,
  frontalViews,
  MeshReconstructor,
  type AlignSpec,
  type CanonicalFace,
  type Face,
  type FaceReconstructor,
  type FrontalImages,
  type FrontalSizes,
} from '../face/index.ts';
import type { Point2, RawImage } from '../image/index.ts';

/** What a model needs of a frontal face. */
export interface FrontalNeeds {
  readonly views: FrontalSizes;
  /** Where the face is painted onto the average one (`alignment` of its `PreprocessSpec`). */
  readonly frame?: AlignSpec;
}

export class FrontalFaces {
  readonly #canonical: CanonicalFace;
  readonly #views: FrontalSizes;
  readonly #reconstructor: FaceReconstructor;
  readonly #frontalizer: Frontalizer | undefined;

  constructor(canonical: CanonicalFace, { views, frame }: FrontalNeeds, reconstructor?: FaceReconstructor) {
    this.#canonical = canonical;
    this.#views = views;
    this.#reconstructor = reconstructor ?? new MeshReconstructor(canonical);
    this.#frontalizer = frame && new Frontalizer(canonical, frame);
  }

  /** The views that the model takes. */
  views(image: RawImage, face: Face): Promise<FrontalImages> {
    const parts = { reconstructor: this.#reconstructor, canonical: this.#canonical };
    return frontalViews(image, face, parts, this.#views);
  }

  /**
   * The face on the average one. @param landmarks the 68, px of the image @returns undefined when the model is of
   * another alignment, or the average face cannot be placed so that it fits them: then it is aligned as usual, as in
   * training
   */
  chip(image: RawImage, landmarks: readonly Point2[]): RawImage | undefined {
    return this.#frontalizer && frontalChip(this.#frontalizer, image, landmarks);
  }
}
