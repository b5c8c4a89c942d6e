/**
 * The pixels of records, brought to one format. Each face is framed in the most reliable way that its record allows:
 * 1. aligned to the format's template by the record's landmarks, or those that are found: by the face mesh, where the
 *    format needs it, or by a detector, where one is given; painted onto the average face, where the format says so;
 * 2. otherwise its box, widened about its centre to the format's proportions;
 * 3. otherwise the whole image, without keeping its proportions.
 * Beyond the image, edge pixels repeat.
 */
import { InputError } from '../errors.ts';
import type { AlignSpec } from '../face/align.ts';
import { alignToEyesAndMouth, alignToFivePoints, fivePoints } from '../face/align-points.ts';
import { fivePointsOf } from '../face/landmark-sets.ts';
import { boundingBox } from '../face/roi.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import {
  FRONTAL_CHANNELS,
  FRONTAL_VIEWS,
  type FrontalImages,
  type FrontalView,
} from '../face/reconstruct/frontal-kinds.ts';
import {
  type Affine2,
  applyAffine,
  type BoxXYWH,
  compose,
  invert,
  type Point2,
  type RawImage,
  resize,
  scaling,
  toGray,
  toRgb,
  translation,
  warpAffine,
} from '../image/index.ts';
import { frontalChip, Frontalizer } from '../face/reconstruct/frontalize.ts';
import type { LandmarkSets } from './databases/database.ts';
import { type FaceRecord, readFaceImage } from './databases/index.ts';
import { FaceReadings } from './face-readings.ts';
import { DEFAULT_MEMORY, type Framing, type RecordImagesOptions } from './framing.ts';
import { readImages } from './load-samples.ts';
import type { Images, ImageTable, PointTable } from './samples.ts';
import { ImageTableBuilder } from './image-table.ts';
import { CheckedFiles } from './checked-images.ts';
import { channelCount, type ImageFormat } from './image-input.ts';

/** What records are brought to. */
export interface RecordTables {
  readonly images: Images;
  /** Those that the records have, in pixels of the framed image; NaN where they have none. */
  readonly points?: PointTable;
  /** What the face mesh finds, where the format asks for it. */
  readonly mesh?: {
    /** As `points`, NaN where it finds no face. */
    readonly points?: PointTable;
    /** Black where it finds no face. */
    readonly views: Readonly<Partial<Record<FrontalView, ImageTable>>>;
  };
}

/** Images read at a time: enough to keep libvips' threads busy. */
const CONCURRENT = 8;

/** Reads the images of records. */
export class RecordImages {
  readonly #format: ImageFormat;
  readonly #options: RecordImagesOptions;
  /** Whose image: records of one image under two labels share it, and databases may have equal ids. */
  readonly #kept = new Map<FaceRecord['image'], FramedFace>();
  #keptBytes = 0;
  readonly #told = new WeakSet<FaceRecord['image']>();
  /** Images that were read, of which none is read again to see whether it can be: files by their path. */
  readonly #sound = new Set<string | FaceRecord['image']>();
  readonly #readings: FaceReadings | undefined;
  #frontalizer: Promise<Frontalizer> | undefined;

  constructor(format: ImageFormat, options: RecordImagesOptions = {}) {
    this.#format = format;
    this.#options = options;
    const needsMesh = format.mesh !== undefined || (format.alignment === 'frontal' && options.align !== 'none');
    this.#readings = needsMesh ? new FaceReadings(format.mesh?.views ?? {}, options.faces) : undefined;
  }

  /** What the records are brought to. */
  get format(): ImageFormat {
    return this.#format;
  }

  /** The images in memory, however many they are. @throws {InputError} naming the image that cannot be read */
  async table(records: readonly FaceRecord[]): Promise<ImageTable> {
    return readImages((await this.tables(records)).images, Int32Array.from(records.keys()));
  }

  /**
   * The images, and whatever else the format asks for: landmarks that the records have, in pixels of the framed image, NaN
   * where they have none, and what the face mesh finds. Images of more bytes than the memory given stream from disk; where
   * more than images is asked for, all are decoded once before, since the places of landmarks depend on how their image is
   * framed.
   * @throws {InputError} naming the image that cannot be read
   * @throws {MienError} when the format needs the face mesh, and its packages are not installed
   */
  async tables(records: readonly FaceRecord[]): Promise<RecordTables> {
    const { width, height, channels, landmarks, mesh } = this.#format;
    const N = records.length;
    const size = width * height * channelCount(channels);
    const isLarge = N * size > (this.#options.memory ?? DEFAULT_MEMORY);
    const table = isLarge ? undefined : new ImageTableBuilder(height, width, channelCount(channels), N);
    const points = landmarks === undefined ? undefined : new Float32Array(N * 2 * landmarks);
    const meshPoints = mesh?.landmarks ? new Float32Array(N * 2 * LANDMARK_COUNT) : undefined;
    const views = FRONTAL_VIEWS.flatMap((view) => {
      const side = mesh?.views[view];
      if (side === undefined) return [];
      return [{ view, table: new ImageTableBuilder(side, side, FRONTAL_CHANNELS[view], N) }];
    });
    let found = 0;
    const isRead = table !== undefined || points !== undefined || mesh !== undefined;
    if (isRead)
      await this.#each(records, { keep: isLarge || this.#options.keep === true, whole: true }, (face, i) => {
        table?.push(face.pixels);
        points?.set(face.points!, i * 2 * landmarks!);
        if (!face.mesh) return;
        meshPoints?.set(face.mesh.points, i * 2 * LANDMARK_COUNT);
        for (const { view, table: own } of views) own.push(face.mesh.views[view]!.data);
        if (face.mesh.found) found++;
        this.#options.onFace?.(found, i + 1, N);
      });
    return {
      images: table?.build() ?? {
        count: records.length,
        height,
        width,
        channels: channelCount(channels),
        read: async (rows) => {
          const pixels = new Uint8Array(rows.length * size);
          const wanted = Array.from(rows, (row) => records[row]!);
          await this.#each(wanted, { keep: true, whole: false }, (face, i) => pixels.set(face.pixels, i * size));
          return pixels;
        },
        ...(isRead
          ? {}
          : {
              check: (rows, onProgress) =>
                this.#check(
                  Array.from(rows, (row) => records[row]!),
                  onProgress,
                ),
            }),
      },
      ...(points ? { points: { size: 2 * landmarks!, values: points, width, height } } : {}),
      ...(mesh
        ? {
            mesh: {
              ...(meshPoints ? { points: { size: 2 * LANDMARK_COUNT, values: meshPoints, width, height } } : {}),
              views: Object.fromEntries(views.map(({ view, table: own }) => [view, own.build()])),
            },
          }
        : {}),
    };
  }

  /** Some at a time, in order. */
  async #each(
    records: readonly FaceRecord[],
    how: { readonly keep: boolean; readonly whole: boolean },
    take: (face: FramedFace, i: number) => void,
  ): Promise<void> {
    for (let i = 0; i < records.length; i += CONCURRENT) {
      const faces = await Promise.all(records.slice(i, i + CONCURRENT).map((record) => this.#face(record, how)));
      faces.forEach((face, k) => take(face, i + k));
    }
  }

  /** Reads each image that was not read, and its landmarks; files that were read in an earlier run count as read. */
  async #check(
    records: readonly FaceRecord[],
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<void> {
    const byImage = new Map(records.map((record) => [imageKey(record), record]));
    const open = [...byImage].filter(([image]) => !this.#sound.has(image));
    const files = open.flatMap(([image]) => (typeof image === 'string' ? [image] : []));
    const checked = new CheckedFiles(this.#options.checked);
    const key = await checked.keyOf(files);
    const isKnown = key !== undefined && (await checked.has(key));
    const wanted = isKnown ? open.filter(([image]) => typeof image !== 'string') : open;
    for (let i = 0; i < wanted.length; i += CONCURRENT) {
      const some = wanted.slice(i, i + CONCURRENT);
      await Promise.all(some.map(([, record]) => Promise.all([readImage(record), this.#landmarks(record)])));
      onProgress(i + some.length, wanted.length);
    }
    for (const [image] of open) this.#sound.add(image);
    if (key !== undefined && !isKnown) await checked.add(key);
  }

  /** Those that alignment needs. */
  async #landmarks(record: FaceRecord): Promise<LandmarkSets | undefined> {
    return this.#format.template && this.#options.align !== 'none' ? record.landmarks?.() : undefined;
  }

  /** @param whole with what the mesh finds, where the format asks for it */
  async #face(record: FaceRecord, { keep, whole }: { keep: boolean; whole: boolean }): Promise<FramedFace> {
    const kept = this.#kept.get(record.image);
    if (kept && (kept.mesh || !whole || !this.#readings)) return kept;
    const { channels, landmarks } = this.#format;
    const image = await readImage(record);
    // Frontal faces need what the mesh finds each time; it is kept in the user's cache
    const isRead = whole || this.#format.alignment === 'frontal';
    const reading = isRead
      ? await this.#readings?.read(image, record.box ?? (await boxOfLandmarks(record)))
      : undefined;
    const { chip, framing, transform } = await this.#cut(image, record, reading?.landmarks);
    if (!this.#told.has(record.image)) this.#options.onImage?.(record, framing);
    this.#told.add(record.image);
    this.#sound.add(imageKey(record));
    const face: FramedFace = {
      pixels: (channels === 'grey' ? toGray(chip) : toRgb(chip)).data,
      ...(landmarks === undefined ? {} : { points: await pointsOf(record, landmarks, transform) }),
      ...(reading
        ? {
            mesh: {
              found: reading.landmarks !== undefined,
              points: framedPoints(reading.landmarks, LANDMARK_COUNT, transform),
              views: reading.views,
            },
          }
        : {}),
    };
    // The first that fit stay: epochs show each image once, in a new order, so that no other choice would save more
    if (keep && !this.#kept.has(record.image)) {
      const bytes = bytesOf(face);
      if (this.#keptBytes + bytes <= (this.#options.memory ?? DEFAULT_MEMORY)) {
        this.#kept.set(record.image, face);
        this.#keptBytes += bytes;
      }
    }
    return face;
  }

  /** @returns undefined when the average face cannot be placed so that it fits the landmarks */
  async #frontalize(image: RawImage, landmarks: readonly Point2[], frame: AlignSpec): Promise<RawImage | undefined> {
    const readings = this.#readings!;
    const frontalizer = await (this.#frontalizer ??= readings
      .canonical()
      .then((canonical) => new Frontalizer(canonical, frame)));
    return frontalChip(frontalizer, image, landmarks);
  }

  /** `transform` maps pixels of the image to pixels of the chip. */
  async #cut(
    image: RawImage,
    record: FaceRecord,
    found: readonly Point2[] | undefined,
  ): Promise<{ chip: RawImage; framing: Framing; transform: Affine2 }> {
    const { width, height, template, alignment } = this.#format;
    const size = { width, height };
    if (template && this.#options.align !== 'none') {
      const sets = await this.#landmarks(record);
      const known = sets && fivePointsOf(sets);
      const points = known ?? (found ? fivePoints(found) : await this.#options.findFace?.(image));
      if (points) {
        const { image: chip, transform } =
          this.#options.align === 'eyes-mouth'
            ? alignToEyesAndMouth(image, points, { template, size })
            : alignToFivePoints(image, points, { template, size });
        const all = sets?.[LANDMARK_COUNT] ?? found;
        const frontal =
          alignment === 'frontal' && all ? await this.#frontalize(image, all, { template, size }) : undefined;
        if (frontal) return { chip: frontal, framing: 'frontal', transform };
        return { chip, framing: known ? 'landmarks' : 'detected', transform };
      }
    }
    if (record.box) {
      const toImage = boxMap(record.box, size);
      return {
        chip: warpAffine(image, toImage, size, { border: 'replicate' }),
        framing: 'box',
        transform: invert(toImage),
      };
    }
    return {
      chip: image.width === width && image.height === height ? image : resize(image, size),
      framing: 'whole',
      transform: scaling(width / image.width, height / image.height),
    };
  }
}

const imageKey = ({ image }: FaceRecord): string | FaceRecord['image'] => ('file' in image ? image.file : image);

interface FramedFace {
  readonly pixels: Uint8Array;
  /** [2·P] px of the framed image; NaN without landmarks. */
  readonly points?: Float32Array;
  /** What the face mesh finds; points as above. */
  readonly mesh?: { readonly found: boolean; readonly points: Float32Array; readonly views: FrontalImages };
}

const pointsOf = async (record: FaceRecord, count: number, transform: Affine2): Promise<Float32Array> =>
  framedPoints((await record.landmarks?.())?.[count], count, transform);

function framedPoints(points: readonly Point2[] | undefined, count: number, transform: Affine2): Float32Array {
  const values = new Float32Array(2 * count).fill(NaN);
  points?.forEach((point, p) => values.set(applyAffine(transform, point), 2 * p));
  return values;
}

/** Around the largest set of landmarks. */
async function boxOfLandmarks(record: FaceRecord): Promise<BoxXYWH | undefined> {
  const sets = Object.values((await record.landmarks?.()) ?? {});
  const points = sets.reduce<readonly Point2[]>((most, set) => (set.length > most.length ? set : most), []);
  return points.length < 2 ? undefined : boundingBox(points);
}

/** What it takes in memory. */
function bytesOf({ pixels, points, mesh }: FramedFace): number {
  const views = Object.values(mesh?.views ?? {}).reduce((sum, { data }) => sum + data.length, 0);
  return pixels.length + (points?.byteLength ?? 0) + (mesh?.points.byteLength ?? 0) + views;
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

/** From the chip to the image: the box and what lies about it, so that a face keeps its proportions. */
function boxMap(box: BoxXYWH, size: { width: number; height: number }): Affine2 {
  const scale = Math.max(box.width / size.width, box.height / size.height);
  const center: readonly [number, number] = [box.x + box.width / 2, box.y + box.height / 2];
  return compose(translation(...center), scaling(scale, scale), translation(-size.width / 2, -size.height / 2));
}
