/**
 * Human-like faces from the same rig: proportions near those of people, and another person for each seed and number. They
 * are drawings and not photos, but their eyes, brows and mouths have the sizes and places that people's have.
 */
import { MienError } from '../errors.ts';
import { Random } from '../tensor/random.ts';
import type { Character, HairShape, Rgb } from './characters/character.ts';
import { mix } from './rig/curves.ts';

/** From light to dark. */
const SKINS: readonly (readonly [skin: Rgb, blush: Rgb, lips: Rgb])[] = [
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
const HAIRS: readonly Rgb[] = [
  [34, 26, 24],
  [62, 42, 30],
  [104, 70, 44],
  [168, 126, 74],
  [146, 70, 36],
  [178, 176, 172],
];
const EYES: readonly Rgb[] = [
  [72, 46, 28],
  [94, 66, 40],
  [96, 126, 150],
  [96, 124, 84],
  [120, 104, 70],
];
const CLOTHES: readonly Rgb[] = [
  [66, 84, 112],
  [120, 62, 62],
  [78, 92, 76],
  [92, 92, 98],
  [168, 150, 122],
  [52, 52, 60],
];

/**
 * @param count how many persons   @throws {MienError} when it is not a whole number from 1
 * @example
 * ```ts
 * import { peopleOf } from 'mienjs/synth';
 *
 * peopleOf(2, 7).map(({ name }) => name); // → ['person-1', 'person-2']
 * ```
 */
export function peopleOf(count: number, seed: number): Character[] {
  if (!Number.isInteger(count) || count < 1) throw new MienError(`count: expected a whole number from 1, got ${count}`);
  return Array.from({ length: count }, (_, i) => personOf(seed, i + 1));
}

function personOf(seed: number, n: number): Character {
  const random = new Random(seed, `synth/person/${n}`);
  const near = (mean: number, spread: number): number => {
    const value = random.normal();
    return mean + spread * Math.max(-2, Math.min(2, value));
  };
  const pick = <T>(from: readonly T[]): T => from[random.int(from.length)]!;
  const isFeminine = random.uniform() < 0.5;
  const age = random.uniform() ** 1.5;
  const tone = random.int(SKINS.length);
  const [color, blush, lips] = SKINS[tone]!;
  const toned = (plain: Rgb): Rgb => {
    const by = near(1, 0.03);
    return plain.map((v) => Math.round(Math.min(255, v * by))) as unknown as Rgb;
  };
  const hairColor = age > 0.75 && random.uniform() < 0.7 ? HAIRS[5]! : pick(HAIRS.slice(0, tone >= 3 ? 2 : 5));
  const width = near(0.7, 0.025);
  const jaw = near(isFeminine ? 0.58 : 0.64, 0.035);
  const chin = near(1.03, 0.03);
  const eyeX = near(0.305, 0.012);
  const half = near(0.142, 0.007);
  const browUp = near(isFeminine ? 0.215 : 0.185, 0.018);
  const mouthY = near(0.605, 0.02);
  const noseTip = near(0.305, 0.02);
  const lip = near(isFeminine ? 1.1 : 0.9, 0.18);
  return {
    name: `person-${n}`,
    description: 'a person by chance',
    head: {
      top: -1.02,
      chin,
      eyeLine: -0.03,
      width,
      cheek: width * near(0.985, 0.02),
      jaw,
      chinWidth: near(isFeminine ? 0.33 : 0.42, 0.04),
      front: near(0.8, 0.015),
      frontMouth: near(0.8, 0.015),
      frontChin: near(0.78, 0.02),
      back: 0.88,
      square: near(2.18, 0.08),
      crown: near(2.3, 0.1),
      jawLift: near(0.38, 0.03),
    },
    eyes: {
      x: eyeX,
      halfWidth: half,
      upper: near(0.46, 0.05),
      lower: near(0.32, 0.03),
      tilt: near(0.07, 0.05),
      pointed: near(0.66, 0.05),
      ball: 1.16,
      bulge: near(0.16, 0.03),
      iris: near(0.52, 0.02),
      pupil: near(0.2, 0.02),
      color: pick(EYES),
      ...(isFeminine ? { lashes: near(0.26, 0.06), liner: 0.75 } : { liner: 0.42 }),
    },
    brows: {
      inner: near(0.12, 0.012),
      outer: near(0.485, 0.015),
      heights: [browUp * near(0.94, 0.04), browUp * near(1.16, 0.05), browUp * near(0.88, 0.05)],
      thickness: isFeminine
        ? [near(0.024, 0.004), near(0.026, 0.004), 0.011]
        : [near(0.036, 0.006), near(0.038, 0.006), 0.018],
      relief: 0.5,
      color: hairColor.map((v) => Math.round(v * 0.8)) as unknown as Rgb,
    },
    nose: {
      tip: noseTip,
      root: -0.05,
      width: near(isFeminine ? 0.112 : 0.13, 0.014),
      length: near(0.21, 0.025),
      ridge: near(0.48, 0.06),
      ridgeWidth: near(0.56, 0.04),
      wings: near(0.5, 0.08),
      droop: near(0.005, 0.012),
    },
    mouth: {
      y: mouthY,
      halfWidth: near(0.235, 0.016),
      upper: 0.042 * lip,
      lower: 0.058 * lip,
      fullness: 0.038 * lip,
      color: isFeminine ? (lips.map((v, k) => Math.round(k === 0 ? v : v * 0.86)) as unknown as Rgb) : toned(lips),
      curve: near(0.003, 0.006),
      tint: isFeminine ? 0.95 : 0.7,
    },
    ears: { size: near(0.17, 0.012), y: 0.12, flareDeg: near(24, 5) },
    skin: {
      color: toned(color),
      blush,
      blushAmount: near(0.3, 0.08),
      freckles: random.uniform() < 0.12 ? 0.5 : 0,
      stubble: isFeminine ? 0 : Math.max(0, near(0.25, 0.22)),
      age: 0.75 * age,
      cheeks: near(0.045, 0.012),
      chin: near(0.055, 0.012),
      browRidge: isFeminine ? 0.015 : near(0.045, 0.01),
    },
    hair: hairOf(random, hairColor, isFeminine, age),
    neck: {
      radius: isFeminine ? near(0.34, 0.015) : near(0.43, 0.02),
      shoulders: isFeminine ? 1.05 : 1.25,
      length: 0.4,
      clothes: pick(CLOTHES),
    },
    ...(random.uniform() < 0.14
      ? { wears: { glasses: { color: [40, 34, 32] as const, round: random.int(2), size: 1.55, thickness: 0.016 } } }
      : {}),
    expressive: near(0.92, 0.05),
  };
}

function hairOf(random: Random, color: Rgb, isFeminine: boolean, age: number): HairShape {
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
