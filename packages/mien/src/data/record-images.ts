/**
 * The pixels of records, brought to one format. Of each face the surest way that its record allows:
 * 1. aligned to the format's template by the record's landmarks (or those that a detector finds, where one is given);
 * 2. otherwise its box, widened about its centre to the format's proportions;
 * 3. otherwise the whole image, without keeping its proportions.
 * Beyond the image, edge pixels repeat.
 */
import { InputError } from '../errors.ts';
import { alignToFivePoints, type FivePoints } from '../face/align-points.ts';
import { fivePointsOf } from '../face/landmark-sets.ts';
import {
  type BoxXYWH,
  compose,
  type RawImage,
  resize,
  scaling,
  toGray,
  toRgb,
  translation,
  warpAffine,
} from '../image/index.ts';
import { type FaceRecord, readFaceImage } from './databases/index.ts';
import type { ImageTable } from './dataset.ts';
import { ImageTableBuilder } from './image-table.ts';
import { channelCount, type ImageFormat } from './preprocess.ts';

/** How a face was brought into the frame. */
export type Framing = 'landmarks' | 'detected' | 'box' | 'whole';

const FRAMING_WORDS: Readonly<Record<Framing, string>> = {
  landmarks: 'aligned by landmarks',
  detected: 'aligned by detection',
  box: 'cut out by their box',
  whole: 'taken whole',
};

/** How images were framed, counted: figures depend on it. */
export class FramingCounter {
  readonly #counts = new Map<Framing, number>();
  readonly add = (framing: Framing): void => {
    this.#counts.set(framing, (this.#counts.get(framing) ?? 0) + 1);
  };

  /** `12 aligned by landmarks, 3 taken whole`; undefined of no image. */
  describe(): string | undefined {
    const parts = [...this.#counts].map(([framing, count]) => `${count} ${FRAMING_WORDS[framing]}`);
    return parts.length > 0 ? parts.join(', ') : undefined;
  }
}

/** Finds what alignment needs in an image; undefined where there is no face. */
export type FindFace = (image: RawImage) => Promise<FivePoints | undefined>;

export interface RecordImagesOptions {
  /** `none` goes straight to box or whole image. Default `landmarks`. */
  readonly align?: 'landmarks' | 'none';
  /** For records without landmarks that alignment can use. */
  readonly findFace?: FindFace;
  /** Keeps the pixels of each image for the next split that asks for it: for databases whose folds share images. */
  readonly keep?: boolean;
  /** Called once for each image. */
  readonly onImage?: (record: FaceRecord, framing: Framing) => void;
}

/** Images read at a time: enough to keep libvips' threads busy. */
const CONCURRENT = 8;

/** Reads the images of records. */
export class RecordImages {
  readonly #format: ImageFormat;
  readonly #options: RecordImagesOptions;
  readonly #kept = new Map<string, Uint8Array>();

  constructor(format: ImageFormat, options: RecordImagesOptions = {}) {
    this.#format = format;
    this.#options = options;
  }

  /** @throws {InputError} naming the image that cannot be read */
  async table(records: readonly FaceRecord[]): Promise<ImageTable> {
    const { width, height, channels } = this.#format;
    const table = new ImageTableBuilder(height, width, channelCount(channels), records.length);
    for (let i = 0; i < records.length; i += CONCURRENT) {
      const pixels = await Promise.all(records.slice(i, i + CONCURRENT).map((record) => this.#pixels(record)));
      pixels.forEach((image) => table.push(image));
    }
    return table.build();
  }

  async #pixels(record: FaceRecord): Promise<Uint8Array> {
    const kept = this.#kept.get(record.id);
    if (kept) return kept;
    const { data } = await this.#frame(record);
    if (this.#options.keep) this.#kept.set(record.id, data);
    return data;
  }

  async #frame(record: FaceRecord): Promise<RawImage> {
    const { channels } = this.#format;
    const image = await readImage(record);
    const { chip, framing } = await this.#cut(image, record);
    this.#options.onImage?.(record, framing);
    return channels === 'grey' ? toGray(chip) : toRgb(chip);
  }

  async #cut(image: RawImage, record: FaceRecord): Promise<{ chip: RawImage; framing: Framing }> {
    const { width, height, template } = this.#format;
    const size = { width, height };
    if (template && this.#options.align !== 'none') {
      const known = record.landmarks && fivePointsOf(await record.landmarks());
      if (known) return { chip: alignToFivePoints(image, known, { template, size }).image, framing: 'landmarks' };
      const found = await this.#options.findFace?.(image);
      if (found) return { chip: alignToFivePoints(image, found, { template, size }).image, framing: 'detected' };
    }
    if (record.box) return { chip: cutBox(image, record.box, size), framing: 'box' };
    return { chip: image.width === width && image.height === height ? image : resize(image, size), framing: 'whole' };
  }
}

async function readImage(record: FaceRecord): Promise<RawImage> {
  try {
    return 'read' in record.image ? await record.image.read() : await readFaceImage(record);
  } catch (cause) {
    throw cause instanceof InputError
      ? cause
      : new InputError(record.id, `cannot be read (${(cause as Error).message})`, { cause });
  }
}

/** The box and what lies about it, so that a face keeps its proportions. */
function cutBox(image: RawImage, box: BoxXYWH, size: { width: number; height: number }): RawImage {
  const scale = Math.max(box.width / size.width, box.height / size.height);
  const center: readonly [number, number] = [box.x + box.width / 2, box.y + box.height / 2];
  const toImage = compose(
    translation(...center),
    scaling(scale, scale),
    translation(-size.width / 2, -size.height / 2),
  );
  return warpAffine(image, toImage, size, { border: 'replicate' });
}
