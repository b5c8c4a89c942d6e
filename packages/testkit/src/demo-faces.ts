/** The photos that @vladmandic/face-api ships, with the place of every face in them. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { decodeImage } from 'mienjs';
import type { BoxXYWH, Point2, RawImage } from 'mienjs/image';

/** A face whose place is known, px. */
export interface KnownFace {
  readonly box: BoxXYWH;
  /** The square root of the area of the box around the upright face. */
  readonly size: number;
  /** Right eye, left eye, nose tip, mouth. */
  readonly points: readonly Point2[];
}

export interface DemoFace extends KnownFace {
  /** It is in `demo/sample<sample>.jpg`. */
  readonly sample: number;
}

type Row = readonly [
  sample: number,
  box: readonly [x: number, y: number, width: number, height: number],
  points: readonly number[],
];

/** As read from the upright photos, and checked by eye. */
const ROWS: readonly Row[] = [
  [1, [1470, 225, 207, 205], [1557, 282, 1615, 338, 1546, 340, 1518, 373]],
  [1, [420, 389, 181, 206], [443, 457, 519, 459, 456, 517, 474, 547]],
  [1, [830, 445, 210, 207], [874, 553, 944, 515, 915, 592, 945, 610]],
  [2, [1439, 182, 214, 209], [1487, 280, 1567, 254, 1531, 331, 1552, 352]],
  [2, [361, 174, 161, 214], [378, 241, 425, 247, 365, 304, 391, 341]],
  [2, [899, 276, 172, 175], [948, 340, 1034, 338, 996, 404, 989, 421]],
  [3, [1068, 240, 232, 263], [1119, 321, 1215, 341, 1138, 392, 1142, 438]],
  [3, [593, 354, 210, 246], [630, 434, 722, 434, 658, 493, 669, 538]],
  [3, [1473, 324, 221, 248], [1554, 413, 1652, 405, 1627, 475, 1613, 512]],
  [4, [657, 85, 190, 217], [709, 151, 777, 188, 706, 209, 700, 241]],
  [4, [987, 214, 173, 201], [1010, 279, 1079, 288, 1021, 339, 1037, 364]],
  [4, [1274, 174, 174, 203], [1319, 231, 1381, 269, 1311, 289, 1310, 320]],
  [4, [239, 221, 183, 217], [320, 318, 390, 285, 400, 349, 392, 382]],
  [5, [777, 127, 172, 206], [845, 194, 917, 206, 891, 249, 880, 284]],
  [5, [1404, 418, 215, 246], [1440, 511, 1522, 495, 1466, 580, 1490, 614]],
  [5, [590, 444, 178, 223], [677, 515, 745, 516, 741, 568, 726, 611]],
  [5, [360, 897, 234, 273], [422, 993, 528, 981, 481, 1053, 485, 1099]],
  [5, [1111, 222, 182, 219], [1151, 296, 1229, 295, 1175, 336, 1178, 374]],
  [6, [1169, 351, 201, 226], [1228, 430, 1325, 432, 1279, 509, 1274, 539]],
  [6, [667, 365, 213, 258], [701, 457, 795, 450, 732, 524, 753, 565]],
  [6, [1478, 292, 225, 265], [1534, 374, 1628, 396, 1552, 462, 1551, 493]],
  [6, [245, 515, 222, 244], [322, 610, 422, 598, 398, 673, 394, 707]],
];

export const DEMO_FACES: readonly DemoFace[] = ROWS.map(([sample, [x, y, width, height], p]) => ({
  sample,
  box: { x, y, width, height },
  size: Math.sqrt(width * height),
  points: [0, 2, 4, 6].map((k) => [p[k]!, p[k + 1]!] as const),
}));

/** @param name of a file in the package's folder `demo` */
export function demoFile(name: string): string {
  return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo', name);
}

const photos = new Map<number, Promise<RawImage>>();

/** @param sample 1 … 6; each is decoded once */
export function demoPhoto(sample: number): Promise<RawImage> {
  const known = photos.get(sample);
  if (known) return known;
  const photo = decodeImage(demoFile(`sample${sample}.jpg`));
  photos.set(sample, photo);
  return photo;
}
