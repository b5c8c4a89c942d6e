/** The flow with a detector, a mesh and a classifier that are made up, so that each hand-over can be checked. */
import { describe, expect, it } from 'vitest';
import type { ModelHead, PreprocessSpec } from '../data/index.ts';
import { groupCenter, landmarks68, type Detection, type FaceMesh } from '../face/index.ts';
import { loadCanonicalFace } from '../face/node.ts';
import {
  applyAffine,
  compose,
  rawImage,
  rotation,
  scaling,
  toGray,
  translation,
  type Affine2,
  type Point3,
  type RawImage,
} from '../image/index.ts';
import { Recognizer, type Stage } from './recognizer.ts';

const size = 48;
const preprocess: PreprocessSpec = {
  width: size,
  height: size,
  channels: 'grey',
  mean: [0.5],
  std: [0.25],
  framing: 'test',
  classes: ['neutral', 'happiness', 'fear'],
  template: {
    rightEye: [0.3, 0.4],
    leftEye: [0.7, 0.4],
    noseTip: [0.5, 0.6],
    mouthRight: [0.36, 0.76],
    mouthLeft: [0.64, 0.76],
  },
};
const canonicalFace = await loadCanonicalFace();

/** The canonical face (cm) placed in the photo by a similarity, depth scaled alike. */
function meshAt(toPhoto: Affine2): FaceMesh {
  const scale = Math.hypot(toPhoto[0], toPhoto[3]);
  const points = canonicalFace.vertices.map(([x, y, z]): Point3 => {
    const [u, v] = applyAffine(toPhoto, [x, y]);
    return [u, v, z * scale];
  });
  return { points, score: 1, roi: { center: [0, 0], size: 1, rotationRad: 0 } };
}

function recognizerOf(
  meshes: readonly FaceMesh[],
  probabilities: number[],
  seen: RawImage[] = [],
  spec = preprocess,
): Recognizer {
  const detections = meshes.map(({ points }, i): Detection => {
    const [xs, ys] = [points.map((p) => p[0]), points.map((p) => p[1])];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    const box = { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
    return {
      box,
      score: 0.9 - 0.1 * i,
      keypoints: [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
        [0, 0],
      ],
    };
  });
  const head: ModelHead = { kind: 'classes', output: 'a', classes: [...spec.classes], trainedOn: 'a', temperature: 1 };
  return new Recognizer({
    detector: { detect: () => Promise.resolve(detections) },
    mesher: { mesh: () => Promise.reject(new Error('unused')), meshAll: () => Promise.resolve([...meshes]) },
    canonicalFace,
    classifier: {
      model: { name: 'stub', recipe: 'stub', heads: [head] },
      preprocess: spec,
      inputs: { x: { kind: 'image' } },
      answer: (faces) => {
        seen.push(...faces.map(({ chip }) => chip));
        return Promise.resolve({
          classes: [{ head, probabilities: Float64Array.from(probabilities) }],
          values: [],
        });
      },
      release: () => Promise.resolve(),
    },
  });
}

const upright = compose(translation(100, 100), scaling(8, 8));
const tilted = compose(translation(300, 110), compose(rotation(0.5), scaling(6, 6)));

describe('Recognizer', () => {
  it('reads whatever classes a model was trained on', async () => {
    const classes = ['happily surprised', 'bored'];
    const recognizer = recognizerOf([meshAt(upright)], [0.4, 0.6], [], { ...preprocess, classes });
    expect(recognizer.classes).toEqual(classes);
    const [face] = (await recognizer.recognize(rawImage(400, 200, 3, new Uint8Array(400 * 200 * 3)))).faces;
    expect([face!.top, face!.expressions]).toEqual(['bored', { 'happily surprised': 0.4, bored: 0.6 }]);
  });

  it('refuses a model of faces without a frame', () => {
    const { template, ...unframed } = preprocess;
    expect(template).toBeDefined();
    expect(() => recognizerOf([], [], [], unframed)).toThrow(/stub: has no face template/);
  });

  it('gives each face its own box, landmarks, pose and expressions', async () => {
    const { faces } = await recognizerOf([meshAt(upright), meshAt(tilted)], [0.2, 0.7, 0.1, 0.5, 0.1, 0.4]).recognize(
      rawImage(400, 200, 3, new Uint8Array(400 * 200 * 3)),
    );
    expect(faces).toHaveLength(2);
    expect(faces.map(({ top, confidence, score }) => [top, confidence, score])).toEqual([
      ['happiness', 0.7, 0.9],
      ['neutral', 0.5, 0.8],
    ]);
    expect(faces[1]!.expressions).toEqual({ neutral: 0.5, happiness: 0.1, fear: 0.4 });
    expect(faces[0]!.landmarks).toHaveLength(68);
    expect(faces[0]!.quality).toMatchObject({ sharpness: 0, presence: 1, yawDeg: faces[0]!.pose.yawDeg });
    expect(faces[0]!.quality.size).toBeCloseTo(Math.sqrt(faces[0]!.box.width * faces[0]!.box.height), 9);
    expect(faces[0]!.pose.yawDeg).toBeCloseTo(0, 6);
    expect(faces[0]!.pose.pitchDeg).toBeCloseTo(0, 6);
    expect(faces[1]!.pose.rollDeg).toBeCloseTo((0.5 * 180) / Math.PI, 6);
    for (const { box, landmarks } of faces) {
      for (const [x, y] of landmarks) {
        expect(x >= box.x - 1e-9 && x <= box.x + box.width + 1e-9).toBe(true);
        expect(y >= box.y - 1e-9 && y <= box.y + box.height + 1e-9).toBe(true);
      }
    }
  });

  it("frames faces as the model's template says: the subject's right eye at the left of the chip", async () => {
    const mesh = meshAt(tilted);
    const [ex, ey] = groupCenter(landmarks68(mesh.points), 'rightEye');
    const photo = rawImage(
      400,
      200,
      3,
      Uint8Array.from({ length: 400 * 200 * 3 }, (_, i) => {
        const pixel = Math.floor(i / 3);
        return Math.hypot((pixel % 400) + 0.5 - ex, Math.floor(pixel / 400) + 0.5 - ey) < 4 ? 255 : 0;
      }),
    );
    const chips: RawImage[] = [];
    await recognizerOf([mesh], [1, 0, 0], chips).recognize(photo);
    const chip = toGray(chips[0]!);
    expect([chip.width, chip.height]).toEqual([size, size]);
    let [sum, sx, sy] = [0, 0, 0];
    chip.data.forEach((v, i) => {
      sum += v;
      sx += v * ((i % size) + 0.5);
      sy += v * (Math.floor(i / size) + 0.5);
    });
    // The template's proportions are not quite those of the canonical face, so the fit leaves a remainder.
    expect(Math.abs(sx / sum / size - 0.3)).toBeLessThan(0.06);
    expect(Math.abs(sy / sum / size - 0.4)).toBeLessThan(0.06);
  });

  it('gives no faces where there are none, and times every stage', async () => {
    const stages: Stage[] = [];
    const { faces } = await recognizerOf([], []).recognize(rawImage(4, 4, 1, new Uint8Array(16)), {
      onStage: (stage, elapsedMs) => {
        stages.push(stage);
        expect(elapsedMs).toBeGreaterThanOrEqual(0);
      },
    });
    expect(faces).toEqual([]);
    expect(stages).toEqual(['detect', 'mesh', 'align', 'classify']);
  });

  it('gives up where its signal says so: before it begins, and between two runs', async () => {
    const photo = rawImage(400, 200, 3, new Uint8Array(400 * 200 * 3));
    const seen: RawImage[] = [];
    const recognizer = recognizerOf([meshAt(upright)], [0.2, 0.7, 0.1], seen);
    await expect(recognizer.recognize(photo, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow(
      'too late',
    );
    const stop = new AbortController();
    const running = recognizer.recognize(photo, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(seen).toEqual([]);
    expect((await recognizer.recognize(photo)).faces).toHaveLength(1);
  });
});
