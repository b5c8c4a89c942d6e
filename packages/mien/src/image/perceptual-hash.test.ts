import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compressAsJpeg, gaussianBlur } from './degrade/index.ts';
import { decodeImage } from './decode-node.ts';
import { crop } from './crop.ts';
import { hashDistance, HASH_BITS, NEAR_IDENTICAL, perceptualHash } from './perceptual-hash.ts';
import { rawImage, type RawImage } from './raw-image.ts';
import { resize } from './resize.ts';

const distance = (a: RawImage, b: RawImage): number =>
  hashDistance(Uint32Array.of(...perceptualHash(a), ...perceptualHash(b)), 0, 8);
const changed = (image: RawImage, change: (values: Float32Array) => void): RawImage => {
  const values = Float32Array.from(image.data);
  change(values);
  return rawImage(
    image.width,
    image.height,
    image.channels,
    Uint8Array.from(values, (v) => Math.min(255, Math.max(0, v)) + 0.5),
  );
};

it('counts the bits that differ', () => {
  const words = Uint32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0xffffffff, 1, 0, 0, 0, 0, 0, 0x80000001);
  expect(hashDistance(words, 0, 8)).toBe(35);
  expect(hashDistance(words, 0, 8, 2)).toBe(2);
});

it('is half ones, depends on neither light nor contrast nor size, and is defined for a blank image', () => {
  const image = rawImage(
    40,
    40,
    1,
    Uint8Array.from({ length: 1600 }, (_, i) => 60 + 50 * Math.sin(i * 0.7) + 40 * Math.cos(i * i * 0.01)),
  );
  const hash = perceptualHash(image);
  expect(hashDistance(Uint32Array.of(...hash, ...new Uint32Array(8)), 0, 8)).toBe((HASH_BITS - 1) / 2);
  expect(
    distance(
      image,
      changed(image, (v) =>
        v.forEach((x, i) => {
          v[i] = 0.5 * x + 100;
        }),
      ),
    ),
  ).toBeLessThan(12);
  expect([...perceptualHash(rawImage(9, 9, 1, new Uint8Array(81).fill(7)))].every(Number.isFinite)).toBe(true);
  expect(distance(rawImage(9, 9, 1, new Uint8Array(81)), rawImage(30, 9, 1, new Uint8Array(270)))).toBe(0);
});

const demo = join(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json'), '..', 'demo');
/** Faces in the photos, cut by hand: file and box. */
const FACES: readonly (readonly [string, number, number, number, number])[] = [
  ['sample3.jpg', 1068, 240, 232, 263],
  ['sample3.jpg', 593, 354, 210, 246],
  ['sample3.jpg', 1473, 324, 221, 248],
];

describe.skipIf(!existsSync(join(demo, 'sample3.jpg')))('of faces in photos', () => {
  const faces = FACES.map(async ([file, x, y, width, height]) =>
    crop(await decodeImage(join(demo, file)), { x, y, width, height }),
  );

  it('takes copies of a face for near-identical: smaller, blurred, compressed, brighter, cut a little differently', async () => {
    for (const face of await Promise.all(faces)) {
      const small = resize(face, { width: 48, height: 48 });
      const copies = [
        small,
        changed(small, (v) => gaussianBlur(v, small, 1)),
        changed(small, (v) => compressAsJpeg(v, small, 30)),
        changed(small, (v) =>
          v.forEach((x, i) => {
            v[i] = 1.3 * x + 10;
          }),
        ),
        crop(face, { x: 3, y: 3, width: face.width - 6, height: face.height - 6 }),
      ];
      for (const [i, copy] of copies.entries())
        expect(distance(face, copy), `copy ${i}`).toBeLessThanOrEqual(NEAR_IDENTICAL);
    }
  });

  it('tells different faces apart', async () => {
    const all = await Promise.all(faces);
    for (const [i, a] of all.entries())
      for (const b of all.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(NEAR_IDENTICAL + 10);
  });
});
