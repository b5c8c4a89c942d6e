/**
 * The networks that Mien ships, on faces that fill the picture, are cut off, turned or in profile, and where there are
 * none.
 */
import {
  BORDERS,
  DEMO_FACES,
  demoPhoto,
  faceAtBorder,
  faceCrop,
  judgeFaces,
  turnedFace,
  turnedPhoto,
  type DemoFace,
  type FacePicture,
} from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { crop, type RawImage } from '../image/index.ts';
import { findFaces, type Face } from './find-faces.ts';
import { headPose } from './head-pose.ts';
import { loadCanonicalFace, loadFaceDetector, loadFaceMesher } from './node.ts';

const [detector, mesher, canonicalFace] = await Promise.all([
  loadFaceDetector(),
  loadFaceMesher(),
  loadCanonicalFace(),
]);
const find = (image: RawImage): Promise<Face[]> => findFaces(image, detector, mesher);
const judged = async (picture: FacePicture): Promise<object> => judgeFaces(await find(picture.image), picture);
const ONE = { right: 1, misread: 0, false: 0 };
const face = (i: number): DemoFace => DEMO_FACES[i]!;

describe('faces that fill the picture', () => {
  it.each([
    [0, 1, undefined],
    [3, 1, 112],
    [7, 1, 800],
    [9, 1.15, 350],
    [12, 1.15, undefined],
    [14, 1.3, 112],
    [16, 1.3, 800],
    [21, 1.6, 350],
  ] as const)('face %i, × %d, to %s px', async (i, scale, size) => {
    expect(await judged(await faceCrop(face(i), scale, size))).toEqual(ONE);
  });
});

describe('faces of which the border cuts off a third', () => {
  it.each(BORDERS.map((border, i) => [border, [7, 8, 6, 18][i]!] as const))('at the %s, face %i', async (border, i) => {
    expect(await judged(await faceAtBorder(face(i), border))).toEqual(ONE);
  });
});

describe('turned heads are read the right way round', () => {
  it.each([
    [45, 6],
    [90, 9],
    [120, 13],
    [135, 0],
    [150, 7],
    [180, 8],
    [180, 19],
    [210, 12],
    [270, 17],
  ] as const)('by %i°, face %i', async (degrees, i) => {
    const picture = await turnedFace(face(i), degrees);
    const found = await find(picture.image);
    expect(judgeFaces(found, picture)).toMatchObject({ right: 1, misread: 0 });
    expect(found.map(({ detection }) => detection.score).every((score) => score > 0 && score <= 1)).toBe(true);
  });

  it('in a whole photo upside down', async () => {
    expect(await judged(await turnedPhoto(1, 180))).toEqual({ right: 3, misread: 0, false: 0 });
  });
});

/** The mesh never fits a profile well, so that the yaw comes out too small: from 20 to 60 degrees. */
describe('a profile is found, turned to its side, and its presence is low', () => {
  const profile = face(4);
  it.each([
    [0, 320],
    [-15, 320],
    [15, 240],
    [0, 160],
  ] as const)('turned by %i°, %i px', async (degrees, side) => {
    const found = await find((await turnedFace(profile, degrees, { side })).image);
    expect(found).toHaveLength(1);
    expect(found[0]!.mesh.score).toBeLessThan(0.95);
    expect(headPose(found[0]!.mesh.points, canonicalFace).yawDeg).toBeLessThan(-20);
  });
});

describe('no face is found', () => {
  it.each([
    ['in a raised hand', 2, { x: 220, y: 300, width: 130, height: 140 }],
    ['in clothes', 3, { x: 1000, y: 700, width: 400, height: 300 }],
    ['in a background', 1, { x: 0, y: 0, width: 320, height: 300 }],
    ['in the bottom of a photo', 6, { x: 700, y: 900, width: 500, height: 300 }],
  ] as const)('%s', async (_, sample, box) => {
    expect(await find(crop(await demoPhoto(sample), box))).toEqual([]);
  });
});
