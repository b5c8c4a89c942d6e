import { describe, expect, it } from 'vitest';
import { applyAffine, compose, invert, rawImage, rotation, scaling, translation, type Point2 } from '../image/index.ts';
import { alignFace, alignTransform, measureTemplate } from './align.ts';
import { FER2013_TEMPLATE } from './fer2013-template.ts';
import { groupCenter, LANDMARK_GROUPS, landmarks68, type LandmarkGroup } from './landmarks.ts';
import { loadCanonicalFace } from './node.ts';

const groups = Object.keys(LANDMARK_GROUPS) as LandmarkGroup[];

describe('alignment', () => {
  it('undoes any similarity: a template measured on faces takes the same faces, moved, back to it', async () => {
    const size = { width: 60, height: 60 };
    const inFrame = compose(translation(30, 30), scaling(2.2, 2.2));
    const framed = landmarks68((await loadCanonicalFace()).vertices).map((p) => applyAffine(inFrame, p));
    const template = measureTemplate([framed, framed], size);
    const moved = compose(translation(500, 300), rotation(0.7), scaling(4, 4));
    const landmarks = framed.map((p) => applyAffine(moved, p));
    const transform = alignTransform(landmarks, { template, size });
    compose(transform, moved).forEach((v, i) => expect(v).toBeCloseTo([1, 0, 0, 0, 1, 0][i]!, 9));
    for (const group of groups) {
      const [x, y] = applyAffine(transform, groupCenter(landmarks, group));
      expect(x / 60).toBeCloseTo(template[group][0], 9);
      expect(y / 60).toBeCloseTo(template[group][1], 9);
    }
  });

  it('cuts the pixels that the transform says', () => {
    // A white dot of 9×9 px on black at the right eye of a turned face must land on the template's right eye.
    const size = { width: 48, height: 48 };
    const toPhoto = compose(translation(80, 40), rotation(0.5), scaling(2, 2));
    const landmarks: Point2[] = Array.from({ length: 68 }, () => [0, 0]);
    for (const group of groups) {
      const [x, y] = FER2013_TEMPLATE[group];
      for (const i of LANDMARK_GROUPS[group]) landmarks[i] = applyAffine(toPhoto, [48 * x, 48 * y]);
    }
    const [ex, ey] = groupCenter(landmarks, 'rightEye');
    const photo = rawImage(
      200,
      200,
      1,
      Uint8Array.from({ length: 40_000 }, (_, i) =>
        Math.hypot((i % 200) + 0.5 - ex, Math.floor(i / 200) + 0.5 - ey) < 4.5 ? 255 : 0,
      ),
    );
    const chip = alignFace(photo, landmarks, { template: FER2013_TEMPLATE, size });
    invert(toPhoto).forEach((v, i) => expect(chip.transform[i]).toBeCloseTo(v, 9));
    let [sum, sx, sy] = [0, 0, 0];
    chip.image.data.forEach((v, i) => {
      sum += v;
      sx += v * ((i % 48) + 0.5);
      sy += v * (Math.floor(i / 48) + 0.5);
    });
    expect(Math.abs(sx / sum / 48 - FER2013_TEMPLATE.rightEye[0])).toBeLessThan(0.004);
    expect(Math.abs(sy / sum / 48 - FER2013_TEMPLATE.rightEye[1])).toBeLessThan(0.004);
  });

  it('needs a face to measure', () => {
    expect(() => measureTemplate([], { width: 48, height: 48 })).toThrow(
      'measureTemplate: faces: expected at least 1 face, got 0',
    );
  });
});

describe('FER2013_TEMPLATE', () => {
  it('is an upright face, centred, mouth below nose below eyes', () => {
    const { rightEye, leftEye, noseTip, mouthRight, mouthLeft, chin } = FER2013_TEMPLATE;
    expect(Math.abs((rightEye[0] + leftEye[0]) / 2 - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(rightEye[1] - leftEye[1])).toBeLessThan(0.01);
    expect(leftEye[0] - rightEye[0]).toBeGreaterThan(mouthLeft[0] - mouthRight[0]);
    expect([rightEye[1], noseTip[1], mouthRight[1], chin[1]]).toEqual(
      [rightEye[1], noseTip[1], mouthRight[1], chin[1]].sort((a, b) => a - b),
    );
  });
});
