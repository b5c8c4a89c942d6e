/** On a photo of several people: the places of the largest face. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { rawImage } from '../image/index.ts';
import { decodeImage } from '../image/node.ts';
import { loadFaceFinder } from './face-finder.ts';

const PHOTO = join(
  dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
  'demo',
  'sample4.jpg',
);

test('finds eyes, nose and mouth of the largest face, and nothing on a grey wall', async () => {
  const find = await loadFaceFinder({ threads: 1 });
  const image = await decodeImage(PHOTO);
  const { rightEye, leftEye, noseTip, mouthRight, mouthLeft } = (await find(image))!;
  for (const [x, y] of [rightEye, leftEye, noseTip, mouthRight, mouthLeft])
    expect(x > 0 && x < image.width && y > 0 && y < image.height).toBe(true);
  expect(rightEye[0]).toBeLessThan(leftEye[0]);
  expect(Math.max(rightEye[1], leftEye[1])).toBeLessThan(Math.min(mouthRight[1], mouthLeft[1]));
  expect(await find(rawImage(128, 128, 3, new Uint8Array(128 * 128 * 3).fill(120)))).toBeUndefined();
});
