/**
 * The paint of a character's skin, baked once as an image over the plane of the face: colors, and where furrows run.
 * It moves with the skin, since every vertex keeps the place that it has on the face at rest.
 */
import type { Character } from './characters/character.ts';
import { Random } from '../tensor/random.ts';
import { clamp, mix, smoothstep } from './rig/curves.ts';
import { bump, type HeadRig } from './rig/head-rig.ts';
import { type Wrinkle, WRINKLES } from './rig/action-units.ts';

export interface SkinPaintImage {
  /** Texels across and down; the plane of the face from −extent to extent. */
  readonly size: number;
  readonly extent: number;
  /** float32 [size,size,3], linear light, 0 … 1. */
  readonly colors: Float32Array;
  /** uint8 [size,size,WRINKLES]: how much of a furrow a texel is; the half of the image says whose side it is. */
  readonly wrinkles: Uint8Array;
}

const SIZE = 320;
const EXTENT = 1.2;

const LINEAR = Float32Array.from({ length: 256 }, (_, v) => {
  const s = v / 255;
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
});

/** Linear light 0 … 1 to sRGB 0 … 255, rounded. */
export const toSrgb = (v: number): number =>
  Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));

/** sRGB 0 … 255 to linear light. */
export const linear = (value: number): number => LINEAR[clamp(Math.round(value), 0, 255)]!;

export function bakeSkin(rig: HeadRig): SkinPaintImage {
  const { character } = rig;
  const colors = new Float32Array(SIZE * SIZE * 3);
  const wrinkles = new Uint8Array(SIZE * SIZE * WRINKLES.length);
  const lines = wrinkleLines(rig);
  const spots = frecklesOf(character);
  for (let j = 0; j < SIZE; j++) {
    for (let i = 0; i < SIZE; i++) {
      const x = ((i + 0.5) / SIZE) * 2 * EXTENT - EXTENT;
      const y = ((j + 0.5) / SIZE) * 2 * EXTENT - EXTENT;
      const at = j * SIZE + i;
      colors.set(colorAt(character, rig, spots, x, y), 3 * at);
      // furrows are the same on both sides
      if (2 * i >= SIZE) continue;
      WRINKLES.forEach((name, w) => {
        let most = 0;
        for (const one of lines[name]) most = Math.max(most, nearness(one, Math.abs(x), y));
        const twin = j * SIZE + SIZE - 1 - i;
        wrinkles[at * WRINKLES.length + w] = wrinkles[twin * WRINKLES.length + w] = Math.round(255 * most);
      });
    }
  }
  return { size: SIZE, extent: EXTENT, colors, wrinkles };
}

function colorAt(
  { skin, head, eyes, nose, mouth }: Character,
  rig: HeadRig,
  freckles: readonly (readonly [number, number, number])[],
  x: number,
  y: number,
): [number, number, number] {
  const X = Math.abs(x);
  const D = rig.unit;
  const base = skin.color.map(linear) as [number, number, number];
  const blush = skin.blush.map(linear) as [number, number, number];
  let red = bump(X - eyes.x * 1.18, y - mix(head.eyeLine, mouth.y, 0.6), 0.24, 0.18);
  red += 0.75 * bump(X, y - nose.tip, nose.width * 1.1, nose.width);
  red += 0.25 * bump(X, y - head.chin + 0.1, 0.2, 0.12);
  red = Math.min(1, red * skin.blushAmount);
  const out = base.map((value, k) => mix(value, blush[k]!, red)) as [number, number, number];
  let dark = 0;
  // the sockets are a little darker, and the nostrils much
  dark += 0.16 * bump(X - eyes.x, y - head.eyeLine + 0.01, eyes.halfWidth * 1.5, eyes.halfWidth * 1.15);
  dark +=
    0.75 *
    smoothstep(
      0.5,
      0.95,
      bump(X - nose.width * 0.42, y - (nose.tip + nose.width * 0.5), nose.width * 0.27, nose.width * 0.16),
    );
  dark += 0.22 * bump(X, y - mix(nose.tip + nose.width * 0.5, mouth.y - mouth.upper, 0.5), 0.035, D * 0.12);
  dark += 0.22 * bump(X, y - (mouth.y + mouth.lower * 1.5), mouth.halfWidth * 0.5, 0.05);
  if (skin.stubble) {
    const beard =
      smoothstep(
        mouth.y - 0.3 * D,
        mouth.y + 0.05 * D,
        y + 0.35 * (X > mouth.halfWidth * 1.15 ? X - mouth.halfWidth * 1.15 : 0),
      ) *
      (1 - 0.7 * bump(X, y - mouth.y - 0.01, mouth.halfWidth * 0.75, 0.05));
    const lip = bump(X, y - (mouth.y - mouth.upper * 1.7), mouth.halfWidth * 0.95, D * 0.13);
    const amount = skin.stubble * Math.max(beard, lip * 0.9);
    for (let k = 0; k < 3; k++) out[k] = mix(out[k]!, out[k]! * [0.46, 0.5, 0.6][k]!, amount);
  }
  for (let k = 0; k < 3; k++) out[k] = out[k]! * (1 - dark * [0.8, 1, 1][k]!);
  if (eyes.shadow) {
    const above = bump(
      X - eyes.x,
      y - (head.eyeLine - eyes.halfWidth * eyes.upper - 0.03),
      eyes.halfWidth * 1.05,
      0.075,
    );
    const amount = 0.55 * smoothstep(0.25, 0.9, above);
    eyes.shadow.forEach((value, k) => (out[k] = mix(out[k]!, linear(value), amount)));
  }
  for (const [fx, fy, fr] of freckles) {
    const spot = smoothstep(1, 0.4, Math.hypot(x - fx, y - fy) / fr);
    if (spot > 0) for (let k = 0; k < 3; k++) out[k] = out[k]! * (1 - spot * [0.3, 0.48, 0.55][k]!);
  }
  return out;
}

function frecklesOf({ skin, eyes, head, mouth, nose }: Character): [number, number, number][] {
  const count = Math.round(46 * (skin.freckles ?? 0));
  const random = new Random(7, 'freckles');
  return Array.from({ length: count }, () => {
    const x = random.normal() * eyes.x * 0.75;
    const y =
      mix(head.eyeLine, mouth.y, 0.48) +
      random.normal() * 0.075 +
      0.1 * Math.abs(x) -
      (Math.abs(x) < nose.width ? 0.05 : 0);
    return [x, y, random.range(0.011, 0.02)] as [number, number, number];
  });
}

interface Line {
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly width: number;
  readonly depth: number;
  /** Where it can be seen: left, right, top, bottom. */
  readonly box: readonly [number, number, number, number];
}

function line(points: Line['points'], width: number, depth: number): Line {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const around = 2.5 * width;
  return {
    points,
    width,
    depth,
    box: [Math.min(...xs) - around, Math.max(...xs) + around, Math.min(...ys) - around, Math.max(...ys) + around],
  };
}

function wrinkleLines({ character, unit: D }: HeadRig): Readonly<Record<Wrinkle, readonly Line[]>> {
  const { head, brows, eyes, nose, mouth } = character;
  const browTop = head.eyeLine - Math.max(...brows.heights);
  const [inner, outer] = [brows.inner, brows.outer];
  const forehead = [0.13, 0.23, 0.33].map((up, i) => {
    const y = browTop - up * 0.85;
    return line(
      [
        [0, y + 0.015],
        [inner * 1.2, y],
        [mix(inner, outer, 0.6), y - 0.012],
        [outer * (0.92 - 0.06 * i), y + 0.03],
      ],
      0.016,
      0.75,
    );
  });
  const eyeOuter = eyes.x + eyes.halfWidth * 1.12;
  const crow = [-0.55, 0, 0.55].map((a) =>
    line(
      [
        [eyeOuter + 0.03, head.eyeLine + 0.02 + a * 0.06],
        [eyeOuter + 0.11, head.eyeLine + 0.02 + a * 0.15],
      ],
      0.013,
      0.75,
    ),
  );
  const wing: readonly [number, number] = [nose.width * 1.12, nose.tip - nose.width * 0.05];
  return {
    forehead,
    glabella: [
      line(
        [
          [inner * 0.42, head.eyeLine - brows.heights[0] * 1.12],
          [inner * 0.36, head.eyeLine - brows.heights[0] * 0.55],
        ],
        0.018,
        1,
      ),
    ],
    noseRoot: [0.1, 0.24, 0.38].map((t) => {
      const y = mix(nose.root, nose.tip, t);
      return line(
        [
          [0, y],
          [nose.width * 0.42, y - 0.012],
          [nose.width * 0.75, y - 0.045],
        ],
        0.014,
        0.85,
      );
    }),
    crowFeet: crow,
    nasolabial: [
      line(
        [
          wing,
          [mix(wing[0], mouth.halfWidth, 0.72) + 0.05, mix(wing[1], mouth.y, 0.5)],
          [mouth.halfWidth * 1.22, mouth.y - 0.03],
        ],
        0.02,
        0.9,
      ),
    ],
    chin: [
      line(
        [
          [0, mouth.y + mouth.lower + 0.15 * D],
          [mouth.halfWidth * 0.4, mouth.y + mouth.lower + 0.17 * D],
        ],
        0.022,
        0.7,
      ),
    ],
  };
}

/** 1 on the line, falling to 0 beside it and towards its ends. */
function nearness({ points, width, depth, box }: Line, x: number, y: number): number {
  if (x < box[0] || x > box[1] || y < box[2] || y > box[3]) return 0;
  let best = Infinity;
  let place = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    const [[ax, ay], [bx, by]] = [points[i]!, points[i + 1]!];
    const [ux, uy] = [bx - ax, by - ay];
    const t = clamp(((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy), 0, 1);
    const d = Math.hypot(x - ax - t * ux, y - ay - t * uy);
    if (d < best) [best, place] = [d, (i + t) / (points.length - 1)];
  }
  const end = points[0]![0] === 0 ? 1 : smoothstep(-0.1, 0.25, place);
  const r = best / width;
  return r > 2.5 ? 0 : depth * Math.exp(-r * r) * end * smoothstep(1.1, 0.7, place);
}
