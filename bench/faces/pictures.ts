/**
 * What the benchmark of faces searches: the demo faces cut out, cut off and turned, pictures without a face, and
 * FER2013 where it is.
 */
import { decodeImage, rawImage, type RawImage } from 'mienjs';
import { loadDataset } from 'mienjs/data/node';
import { crop, resize } from 'mienjs/image';
import { Random } from 'mienjs/tensor';
import {
  BORDERS,
  DEMO_FACES,
  demoPhoto,
  faceAtBorder,
  faceCrop,
  turnedFace,
  turnedPhoto,
  type FacePicture,
} from 'mien-testkit';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf } from '../installed.ts';

/** Pictures of one kind. */
export interface PictureSet {
  readonly set: string;
  /** One at a time, so that few are in memory. */
  pictures(): AsyncIterable<FacePicture>;
  /** Whether each picture is one face whose place is not known. */
  readonly wholeFace?: true;
}

const SHARED = process.env['MIEN_SHARED_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const SAMPLES = [1, 2, 3, 4, 5, 6] as const;
/** One in so many of PublicTest's images is taken. */
const FER_EVERY = 7;
/** Parts of a photo that hold no face are cut out of a grid of so many cells. */
const GRID = { columns: 6, rows: 4 } as const;
/** A cell is used where it keeps this distance from every face, in units of the face's box: no hair, no ears. */
const CLEARANCE = 0.5;

const overFaces = (set: string, make: (face: (typeof DEMO_FACES)[number]) => Promise<FacePicture>): PictureSet => ({
  set,
  async *pictures() {
    for (const face of DEMO_FACES) yield await make(face);
  },
});

const overPhotos = (set: string, degrees: number): PictureSet => ({
  set,
  async *pictures() {
    for (const sample of SAMPLES) yield await turnedPhoto(sample, degrees);
  },
});

export function pictureSets(log: (line: string) => void): PictureSet[] {
  const sizes = [undefined, 112, 350, 800] as const;
  return [
    overPhotos('photos', 0),
    ...[1, 1.15, 1.3, 1.6].flatMap((scale) =>
      sizes.map((size) =>
        overFaces(`crop × ${scale}, ${size === undefined ? 'native' : `${size} px`}`, (face) =>
          faceCrop(face, scale, size),
        ),
      ),
    ),
    ...BORDERS.map((border) => overFaces(`2/3 at the ${border} border`, (face) => faceAtBorder(face, border))),
    ...[30, 45, 60, 90, 120, 135, 150, 180, 210, 270].map((degrees) =>
      overFaces(`turned ${degrees}°`, (face) => turnedFace(face, degrees)),
    ),
    ...[90, 135, 150, 180, 270].map((degrees) => overPhotos(`photos turned ${degrees}°`, degrees)),
    { set: 'no face: parts of photos', pictures: partsWithoutFace },
    { set: 'no face: drawn, and a screenshot', pictures: drawnWithoutFace },
    ...fer2013(log),
  ];
}

const faceless = (image: RawImage): FacePicture => ({ image, faces: [], others: [] });

/** Clothes, hands, walls, furniture: cells of the photos that are away from every face. */
async function* partsWithoutFace(): AsyncIterable<FacePicture> {
  for (const sample of SAMPLES) {
    const photo = await demoPhoto(sample);
    const [width, height] = [Math.floor(photo.width / GRID.columns), Math.floor(photo.height / GRID.rows)];
    for (let cell = 0; cell < GRID.columns * GRID.rows; cell++) {
      const [x, y] = [(cell % GRID.columns) * width, Math.floor(cell / GRID.columns) * height];
      const clear = DEMO_FACES.every(
        ({ sample: other, box }) =>
          other !== sample ||
          x + width < box.x - CLEARANCE * box.width ||
          x > box.x + (1 + CLEARANCE) * box.width ||
          y + height < box.y - CLEARANCE * box.height ||
          y > box.y + (1 + CLEARANCE) * box.height,
      );
      if (clear) yield faceless(crop(photo, { x, y, width, height }));
    }
  }
}

async function* drawnWithoutFace(): AsyncIterable<FacePicture> {
  const random = new Random(11);
  const [width, height] = [640, 480];
  const draw = (value: (x: number, y: number) => number): FacePicture =>
    faceless(
      rawImage(
        width,
        height,
        1,
        Uint8Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
      ),
    );
  yield draw(() => 128);
  yield draw((x) => x / 2.6);
  yield draw(() => random.uniform() * 256);
  for (const side of [8, 32, 90]) yield draw((x, y) => ((Math.floor(x / side) + Math.floor(y / side)) % 2) * 255);
  for (const period of [6, 25, 80])
    yield draw((x, y) => 128 + 120 * Math.sin((2 * Math.PI * Math.hypot(x - 320, y - 240)) / period));
  for (const period of [9, 40, 130]) yield draw((x, y) => 128 + 120 * Math.sin((2 * Math.PI * (x + y / 3)) / period));
  // Clouds: noise of few pixels, enlarged.
  for (const cells of [6, 16, 40]) {
    const noise = rawImage(
      cells,
      cells,
      1,
      Uint8Array.from({ length: cells * cells }, () => random.uniform() * 256),
    );
    yield faceless(resize(noise, { width, height }));
  }
  yield faceless(await decodeImage(join(folderOf('@vladmandic/human'), 'assets/screenshot-typedoc.png')));
}

/** Faces that fill their picture, 48×48 px, and enlarged: without place, and with FER+'s word that they are faces. */
function fer2013(log: (line: string) => void): PictureSet[] {
  const folder = join(SHARED, 'fer2013');
  if (!existsSync(folder)) {
    log(`${folder} is absent: FER2013 is left out`);
    return [];
  }
  return [48, 350].map((side): PictureSet => ({
    set: `FER2013, ${side} px`,
    wholeFace: true,
    async *pictures() {
      const dataset = await loadDataset('ferplus', folder);
      const {
        images: { count, width, height, pixels },
      } = await dataset.loadSplit('PublicTest', 'evaluate');
      for (let i = 0; i < count; i += FER_EVERY) {
        const image = rawImage(width, height, 1, pixels.slice(i * width * height, (i + 1) * width * height));
        yield faceless(side === width ? image : resize(image, { width: side, height: side }));
      }
    },
  }));
}
