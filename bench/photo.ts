/**
 * Photos with a known number of faces: real faces cut out of the photos that @vladmandic/face-api ships, on a plain
 * ground.
 */
import { decodeImage, rawImage, type RawImage } from 'mienjs';
import { encodeImage } from 'mienjs/image/node';
import { crop, resize } from 'mienjs/image';
import { join } from 'node:path';
import { folderOf } from './installed.ts';

/** Squares around single faces, in pixels of `demo/sampleN.jpg`. */
const FACES: readonly (readonly [sample: number, x: number, y: number, size: number])[] = [
  [1, 1408, 162, 331],
  [1, 346, 327, 330],
  [1, 769, 383, 331],
  [2, 1374, 115, 342],
  [3, 974, 162, 420],
  [3, 501, 280, 394],
  [4, 579, 20, 347],
  [5, 698, 65, 330],
  [6, 1120, 314, 300],
  [6, 568, 288, 412],
];
const COLUMNS = 5;
const TILE = 256;
const WIDTH = 1280;
const HEIGHT = 720;
const GROUND = 96;

/**
 * A 1280×720 photo as a JPEG file's bytes, with the first `count` faces in rows of 5, each in a square of 256 px.
 * Photos differ in their faces only, so that their times differ by what faces cost.
 * @param count 1 … 10
 */
export async function composePhoto(count: number): Promise<Uint8Array> {
  const demo = join(folderOf('@vladmandic/face-api'), 'demo');
  const data = new Uint8Array(WIDTH * HEIGHT * 3).fill(GROUND);
  const top = (HEIGHT - (FACES.length / COLUMNS) * TILE) / 2;
  for (const [i, [sample, x, y, size]] of FACES.slice(0, count).entries()) {
    const photo = await decodeImage(join(demo, `sample${sample}.jpg`));
    const face = resize(crop(photo, { x, y, width: size, height: size }), { width: TILE, height: TILE });
    paste(face, data, (i % COLUMNS) * TILE, top + Math.floor(i / COLUMNS) * TILE);
  }
  return encodeImage(rawImage(WIDTH, HEIGHT, 3, data), 'jpeg');
}

function paste(tile: RawImage, data: Uint8Array, left: number, top: number): void {
  const rowLength = tile.width * 3;
  for (let row = 0; row < tile.height; row++) {
    data.set(tile.data.subarray(row * rowLength, (row + 1) * rowLength), ((top + row) * WIDTH + left) * 3);
  }
}
