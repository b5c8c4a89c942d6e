/**
 * Stylized characters by chance: heads, eyes, brows, noses and mouths of sizes as far apart as those of cartoons, another
 * for each seed and number. What has learned from many of them knows an expression apart from the face that shows it.
 */
import { Random } from '../tensor/random.ts';
import { CLOTHES, EYES, HAIRS, hairOf, numbered, SKINS } from './by-chance.ts';
import type { Character, Rgb } from './characters/character.ts';

/**
 * @param count how many characters   @throws {MienError} when it is not a whole number from 1
 * @example
 * ```ts
 * import { inventedCharacters } from 'mienjs/synth';
 *
 * inventedCharacters(2, 7).map(({ name }) => name); // → ['invented-1', 'invented-2']
 * ```
 */
export const inventedCharacters = (count: number, seed: number): Character[] => numbered(count, (n) => invent(seed, n));

function invent(seed: number, n: number): Character {
  const random = new Random(seed, `synth/invented/${n}`);
  const between = (from: number, to: number): number => random.range(from, to);
  const pick = <T>(from: readonly T[]): T => from[random.int(from.length)]!;
  const isFeminine = random.uniform() < 0.5;
  const age = random.uniform() ** 2;
  const [skin, blush, lips] = pick(SKINS);
  const hairColor: Rgb = random.uniform() < 0.3 ? [random.int(256), random.int(256), random.int(256)] : pick(HAIRS);
  const width = between(0.66, 0.95);
  const cheek = width * between(0.9, 1.15);
  const jaw = width * between(0.7, 1.2);
  const chin = between(0.86, 1.14);
  const eyeLine = between(-0.12, 0.09);
  const front = between(0.76, 0.84);
  const halfWidth = between(0.12, 0.22);
  const eyeX = halfWidth + between(0.135, 0.165);
  const upper = between(0.4, 0.92);
  const gap = between(0.09, 0.23);
  const inner = halfWidth * upper + gap;
  const arch = inner + between(0.01, 0.075);
  const thickness = between(0.018, 0.066);
  const noseTip = between(0.22, 0.36);
  const mouthY = Math.min(noseTip + between(0.22, 0.34), chin - 0.34);
  const upperLip = between(0.03, 0.075);
  return {
    name: `invented-${n}`,
    description: 'a character by chance',
    head: {
      top: between(-1.08, -0.9),
      chin,
      eyeLine,
      width,
      cheek,
      jaw,
      chinWidth: jaw * between(0.45, 0.8),
      front,
      frontMouth: front + between(-0.01, 0.06),
      frontChin: front + between(-0.07, 0.06),
      back: between(0.84, 0.9),
      square: between(2, 2.5),
      crown: between(2, 2.7),
      jawLift: between(0.26, 0.42),
    },
    eyes: {
      x: eyeX,
      halfWidth,
      upper,
      lower: upper * between(0.58, 0.85),
      tilt: between(-0.13, 0.2),
      pointed: between(0.5, 0.7),
      ball: between(1.14, 1.2),
      bulge: between(0.18, 0.42),
      iris: between(0.48, 0.62),
      pupil: between(0.16, 0.24),
      color: pick(EYES),
      ...(isFeminine ? { lashes: between(0.2, 0.6), liner: between(0.7, 1) } : { liner: between(0.35, 0.6) }),
    },
    brows: {
      inner: between(0.1, 0.17),
      outer: eyeX + halfWidth + between(-0.02, 0.07),
      heights: [inner, arch, inner - between(-0.01, 0.06)],
      thickness: [thickness * between(0.75, 1.05), thickness, thickness * between(0.4, 0.7)],
      relief: between(0.5, 1.1),
      color: hairColor.map((v) => Math.round(Math.min(255, v * between(0.65, 1.15)))) as unknown as Rgb,
    },
    nose: {
      tip: noseTip,
      root: Math.min(eyeLine + between(-0.04, 0.05), noseTip - 0.2),
      width: between(0.08, 0.2),
      length: between(0.12, 0.34),
      ridge: between(0.12, 0.5),
      ridgeWidth: between(0.42, 0.58),
      wings: between(0.2, 0.55),
      droop: between(-0.03, 0.05),
    },
    mouth: {
      y: mouthY,
      halfWidth: between(0.19, 0.36),
      upper: upperLip,
      lower: upperLip * between(1.1, 1.6),
      fullness: upperLip * between(0.8, 1),
      color: lips.map((v, k) => Math.round(k === 0 ? v : v * between(0.5, 1))) as unknown as Rgb,
      curve: between(-0.005, 0.035),
      tint: between(0.65, 1),
    },
    ears: { size: between(0.15, 0.25), y: between(0.03, 0.16), flareDeg: between(18, 52) },
    skin: {
      color: skin.map((v) => Math.round(Math.min(255, v * between(0.94, 1.06)))) as unknown as Rgb,
      blush,
      blushAmount: between(0.2, 0.75),
      freckles: random.uniform() < 0.25 ? between(0.4, 1) : 0,
      stubble: isFeminine ? 0 : between(0, 0.6) * (random.uniform() < 0.5 ? 1 : 0),
      age: 0.75 * age,
      cheeks: between(0.03, 0.1),
      chin: between(0.03, 0.11),
      browRidge: between(0.01, isFeminine ? 0.025 : 0.07),
    },
    hair: hairOf(random, hairColor, isFeminine, age),
    neck: { radius: between(0.22, 0.42), shoulders: between(0.8, 1.25), clothes: pick(CLOTHES) },
    ...(random.uniform() < 0.15
      ? {
          wears: {
            glasses: { color: pick(CLOTHES), round: random.int(2), size: between(1.5, 1.65), thickness: 0.015 },
          },
        }
      : {}),
    expressive: between(0.92, 1.15),
  };
}
