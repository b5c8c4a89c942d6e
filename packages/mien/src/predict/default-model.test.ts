/** The weights that ship: they load, agree with their card, and read plain smiles as smiles. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeImage } from '../image/node.ts';
import { createRecognizer } from './create-recognizer.ts';

const demo = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');

it('finds the three faces of a photo: two smile, one does not', async () => {
  const recognizer = await createRecognizer();
  const { faces } = await recognizer.recognize(await decodeImage(join(demo, 'sample3.jpg')));
  await recognizer.release();
  const leftToRight = faces.toSorted((a, b) => a.box.x - b.box.x);
  expect(leftToRight.map((f) => f.top)).toEqual(['neutral', 'happiness', 'happiness']);
  for (const { expressions, confidence, top } of faces) {
    expect(Object.values(expressions).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
    expect(expressions[top]).toBe(confidence);
  }
});
