/**
 * Human-like faces from the same rig: proportions near those of people, and another person for each seed and number. They
 * are drawings and not photos, but their eyes, brows and mouths have the sizes and places that people's have.
 */
import { Random } from '../tensor/random.ts';
import { CLOTHES, EYES, HAIRS, hairOf, numbered, SKINS } from './by-chance.ts';
import type { Character, Rgb } from './characters/character.ts';

/**
 * @param count how many persons   @throws {MienError} when it is not a whole number from 1
 * @example
 * ```ts
 * import { peopleOf } from 'mienjs/synth';
 *
 * peopleOf(2, 7).map(({ name }) => name); // → ['person-1', 'person-2']
 * ```
 */
export const peopleOf = (count: number, seed: number): Character[] => numbered(count, (n) => personOf(seed, n));

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
