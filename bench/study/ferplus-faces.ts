/** Faces of FER+ as the studies of characters see them: photos by chance, so many of each label, found and meshed. */
import type { Recognizer } from 'mienjs';
import type { Samples } from 'mienjs/data';
import type { Face } from 'mienjs/face';
import { rawImage, type RawImage } from 'mienjs/image';
import { Random } from 'mienjs/tensor';

export interface LabelledFace {
  /** That most of FER+'s ten gave. */
  readonly label: string;
  readonly image: RawImage;
  readonly face: Face;
}

export interface FaceChoice {
  readonly seed: number;
  /** Of the random order. */
  readonly name: string;
  /** Of each label at most. */
  readonly most: number;
  /** By label and its share of the votes. */
  readonly keeps: (label: string, share: number) => boolean;
}

/** Photos without a face are passed over. */
export async function* ferplusFaces(
  { images, classes, labels, labelDistribution }: Samples,
  recognizer: Recognizer,
  { seed, name, most, keeps }: FaceChoice,
): AsyncGenerator<LabelledFace> {
  const { width, height, pixels } = images;
  const counts = new Map<string, number>();
  for (const i of new Random(seed, name).permutation(images.count)) {
    const label = classes[labels[i]!];
    const row = labelDistribution?.subarray(i * classes.length, (i + 1) * classes.length);
    if (label === undefined || !keeps(label, row ? Math.max(...row) : 1)) continue;
    const count = counts.get(label) ?? 0;
    if (count >= most) continue;
    const at = i * width * height;
    const image = rawImage(width, height, 1, pixels.slice(at, at + width * height));
    const [face] = await recognizer.findFaces(image);
    if (!face) continue;
    counts.set(label, count + 1);
    yield { label, image, face };
  }
}
