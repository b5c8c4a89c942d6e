/** What faces that are drawn by chance have in common: how many, their colors and their hair. */
import { MienError } from '../errors.ts';
import type { Random } from '../tensor/random.ts';
import type { Character, HairShape, Rgb } from './characters/character.ts';
import { mix } from './rig/curves.ts';

/** Characters 1 to `count`. @throws {MienError} when that is not a whole number from 1 */
export function numbered(count: number, make: (n: number) => Character): Character[] {
  if (!Number.isInteger(count) || count < 1) throw new MienError(`count: expected a whole number from 1, got ${count}`);
  return Array.from({ length: count }, (_, i) => make(i + 1));
}

/** From light to dark. */
export const SKINS: readonly (readonly [skin: Rgb, blush: Rgb, lips: Rgb])[] = [
  [
    [246, 214, 194],
    [226, 138, 122],
    [198, 112, 108],
  ],
  [
    [234, 192, 162],
    [212, 122, 100],
    [186, 100, 92],
  ],
  [
    [214, 166, 130],
    [190, 102, 82],
    [166, 88, 80],
  ],
  [
    [182, 130, 94],
    [166, 86, 66],
    [146, 76, 70],
  ],
  [
    [136, 90, 62],
    [140, 66, 50],
    [120, 62, 58],
  ],
  [
    [98, 64, 46],
    [116, 52, 42],
    [98, 52, 50],
  ],
];
export const HAIRS: readonly Rgb[] = [
  [34, 26, 24],
  [62, 42, 30],
  [104, 70, 44],
  [168, 126, 74],
  [146, 70, 36],
  [178, 176, 172],
];
export const EYES: readonly Rgb[] = [
  [72, 46, 28],
  [94, 66, 40],
  [96, 126, 150],
  [96, 124, 84],
  [120, 104, 70],
];
export const CLOTHES: readonly Rgb[] = [
  [66, 84, 112],
  [120, 62, 62],
  [78, 92, 76],
  [92, 92, 98],
  [168, 150, 122],
  [52, 52, 60],
];

/** Hair of one of several cuts: short, bald on top, curls, long. */
export function hairOf(random: Random, color: Rgb, isFeminine: boolean, age: number): HairShape {
  const front = mix(-0.68, -0.56, random.uniform());
  const look = { color, strands: random.range(0.35, 0.6), shine: random.range(0.3, 0.9) };
  const side = random.uniform() < 0.5 ? 1 : -1;
  if (!isFeminine && age > 0.5 && random.uniform() < 0.4)
    // bald on top
    return {
      ...look,
      cap: {
        line: [
          [0, -2],
          [60, -2],
          [78, -0.35],
          [92, 0.1],
          [120, 0.3],
          [180, 0.45],
        ],
        thickness: 0.045,
      },
    };
  if (!isFeminine || random.uniform() < 0.2)
    return {
      ...look,
      cap: {
        line: [
          [0, front],
          [30, front + 0.03],
          [55, front + 0.16],
          [68, -0.3],
          [82, -0.12],
          [90, 0.12],
          [104, 0.12],
          [130, 0.34],
          [180, 0.46],
        ],
        thickness: random.range(0.045, 0.075),
        volume: random.range(0.03, 0.12),
      },
      locks: [
        {
          path: [
            [side * -50, -0.72, 0.05],
            [side * -26, -0.86, 0.12],
            [side * 8, -0.88, 0.16],
            [side * 40, -0.78, 0.12],
          ],
          width: [0.09, 0.15, 0.06],
        },
        {
          path: [
            [side * -30, -0.66, 0.05],
            [side * -8, -0.76, 0.11],
            [side * 22, -0.78, 0.13],
            [side * 52, -0.64, 0.09],
          ],
          width: [0.07, 0.12, 0.05],
        },
      ],
    };
  if (random.uniform() < 0.25)
    return {
      ...look,
      cap: {
        line: [
          [0, -0.54],
          [35, -0.5],
          [60, -0.3],
          [80, 0],
          [100, 0.2],
          [140, 0.5],
          [180, 0.5],
        ],
        thickness: 0.18,
        volume: 0.12,
      },
      curls: { radius: 0.12, count: 130, seed: random.int(1000) },
    };
  const long = random.uniform();
  const end = mix(0.5, 1.05, long);
  return {
    ...look,
    cap: {
      line: [
        [0, front],
        [30, front + 0.05],
        [58, -0.34],
        [78, -0.02],
        [96, 0.4],
        [140, 0.6],
        [180, 0.6],
      ],
      thickness: 0.08,
      volume: 0.05,
    },
    locks: [
      {
        path: [
          [side * -10, -0.94, 0.08],
          [side * 12, -0.74, 0.13],
          [side * 44, -0.5, 0.11],
          [side * 68, -0.2, 0.08],
        ],
        width: [0.1, 0.15, 0.05],
      },
      {
        path: [
          [side * -14, -0.94, 0.08],
          [side * -34, -0.74, 0.12],
          [side * -56, -0.48, 0.1],
          [side * -72, -0.16, 0.07],
        ],
        width: [0.1, 0.14, 0.05],
      },
      {
        path: [
          [76, -0.5, 0.09],
          [84, -0.05, 0.1],
          [90, 0.35, 0.12],
          [86, end, 0.12],
        ],
        width: [0.12, 0.17, 0.06],
        mirrored: true,
      },
      {
        path: [
          [104, -0.5, 0.09],
          [110, 0, 0.11],
          [112, 0.4, 0.14],
          [108, end + 0.06, 0.16],
        ],
        width: [0.15, 0.2, 0.07],
        mirrored: true,
      },
      {
        path: [
          [140, -0.5, 0.08],
          [144, 0, 0.1],
          [146, 0.4, 0.14],
          [146, end + 0.06, 0.18],
        ],
        width: [0.2, 0.26, 0.08],
        mirrored: true,
      },
    ],
  };
}
