/**
 * A scene to pixels, and to what is known about them: rasterized at twice the size in each direction, shaded by light
 * with soft shadows, and averaged.
 */
import { MienError } from '../errors.ts';
import type { Matrix3 } from '../geometry/matrix3.ts';
import { vertexNormals } from '../geometry/normals.ts';
import { type HeadPose, rotationFromPose } from '../geometry/pose.ts';
import { type Raster, rasterize } from '../geometry/rasterize.ts';
import type { PerspectiveCamera } from '../geometry/camera.ts';
import type { HeightWidth, Point2, Point3, RawImage } from '../image/raw-image.ts';
import { backgroundPainter } from './background.ts';
import type { CharacterModel } from './model.ts';
import { landmarkPoints } from './landmarks.ts';
import type { SkinPaintImage } from './paint.ts';
import { linear } from './paint.ts';
import { COLUMN } from './rig/head-cage.ts';
import type { PosedHead } from './rig/head-rig.ts';
import { UNIT_NUMBERS, sidesOf, WRINKLES } from './rig/action-units.ts';
import { clamp, mix, smoothstep } from './rig/curves.ts';
import { DEFAULT_AMBIENT, DEFAULT_BACKGROUND, DEFAULT_LIGHTS, type Light, type Scene } from './scene.ts';

/** Distance of the camera and half the height that it sees there, in units of the head. */
const CAMERA = { distance: 7.5, halfHeight: 1.5 } as const;
/** Rows and columns of samples in a pixel. */
const SAMPLES = 2;
const SHADOW_SIZE = 176;

export interface Rendered {
  readonly image: RawImage;
  /** 68 points (iBUG order), px of the image. */
  readonly landmarks: readonly Point2[];
  readonly pose: HeadPose;
  /** Everything that was drawn, for maps: vertices in the camera's coordinates. */
  readonly surface: RenderedSurface;
}

export interface RenderedSurface {
  /** float32 [V,3], in units of the head; the first `skinCount` are the skin of the head. */
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
  readonly skinCount: number;
  readonly camera: PerspectiveCamera;
  /** Of the image; the camera is for this size. */
  readonly size: HeightWidth;
}

/** @throws {MienError} naming the field, when the scene's numbers are out of range */
export function checkScene(scene: Scene): void {
  for (const [unit, value] of Object.entries(scene.units ?? {})) {
    if (!UNIT_NUMBERS.some((known) => String(known) === unit))
      throw new MienError(`units: expected action units ${UNIT_NUMBERS.join(', ')}, got ${unit}`);
    for (const intensity of Object.values(sidesOf(value)) as number[])
      if (!(intensity >= 0 && intensity <= 1))
        throw new MienError(`units: AU${unit}: expected an intensity 0 … 1, got ${intensity}`);
  }
  const numbers = { ...scene.pose, ...scene.gaze, zoom: scene.zoom ?? 1 };
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isFinite(value)) throw new MienError(`${name}: expected a finite number, got ${value}`);
  if (!((scene.zoom ?? 1) > 0)) throw new MienError(`zoom: expected more than 0, got ${scene.zoom}`);
}

/**
 * Draws a character.
 * @param size of the image, px
 * @throws {MienError} when the scene's numbers are out of range   @throws {ShapeError} when the size is not positive
 * @example
 * ```ts
 * import { CharacterModel, characterNamed, render, unitsOfExpression } from 'mienjs/synth';
 *
 * const model = new CharacterModel(characterNamed('nora'));
 * const { image, landmarks } = render(model, { units: unitsOfExpression('happiness') }, { width: 64, height: 64 });
 * [image.width, landmarks.length]; // → [64, 68]
 * ```
 */
export function render(model: CharacterModel, scene: Scene, size: HeightWidth): Rendered {
  checkScene(scene);
  const { units = {}, pose = { yawDeg: 0, pitchDeg: 0, rollDeg: 0 }, zoom = 1, shift = [0, 0] } = scene;
  const { head, positions } = model.assemble(units);
  place(model, positions, pose);
  const camera = cameraFor(size, zoom, shift);
  const normals = vertexNormals({ positions, triangles: model.triangles });
  const large = { width: size.width * SAMPLES, height: size.height * SAMPLES };
  const raster = rasterize({ positions, triangles: model.triangles }, scaled(camera, SAMPLES), large, { cull: 'back' });
  const image = shade(model, scene, head, positions, normals, raster, scaled(camera, SAMPLES), size);
  const skinCount = model.rig.subdivision.vertexCount;
  return {
    image,
    landmarks: landmarkPoints(model.rig, units, positions, pose, PIVOT, CAMERA.distance).map(([x, y, z]): Point2 => [
      (camera.focalPx * x) / z + camera.center[0],
      (camera.focalPx * y) / z + camera.center[1],
    ]),
    pose,
    surface: { positions, normals, triangles: model.triangles, skinCount, camera, size },
  };
}

/** The head turns about this place, in the neck. */
const PIVOT: Point3 = [0, 0.45, 0.25];

export function cameraFor(
  { width, height }: HeightWidth,
  zoom: number,
  [sx, sy]: readonly [number, number],
): PerspectiveCamera {
  const side = Math.min(width, height);
  return {
    kind: 'perspective',
    focalPx: (side / 2) * (CAMERA.distance / CAMERA.halfHeight) * zoom,
    center: [width * (0.5 + sx), height * (0.5 + sy)],
  };
}

function scaled(camera: PerspectiveCamera, by: number): PerspectiveCamera {
  return { ...camera, focalPx: camera.focalPx * by, center: [camera.center[0] * by, camera.center[1] * by] };
}

/** From the head's coordinates to the camera's, in place. */
function place(model: CharacterModel, positions: Float32Array, pose: HeadPose): void {
  const R = rotationFromPose(pose);
  const [px, py, pz] = PIVOT;
  const { turnShares } = model;
  const count = positions.length / 3;
  for (let v = 0; v < count; v++) {
    const at = 3 * v;
    const x = positions[at]!;
    const y = positions[at + 1]!;
    const z = positions[at + 2]!;
    const dx = x - px;
    const dy = y - py;
    const dz = z - pz;
    const share = turnShares[v]!;
    positions[at] = x + share * (R[0] * dx + R[1] * dy + R[2] * dz + px - x);
    positions[at + 1] = y + share * (R[3] * dx + R[4] * dy + R[5] * dz + py - y);
    positions[at + 2] = z + share * (R[6] * dx + R[7] * dy + R[8] * dz + pz - z) + CAMERA.distance;
  }
}

interface ShadowMap {
  readonly axes: Matrix3;
  readonly raster: Raster;
  readonly scale: number;
}

function shadowMap(model: CharacterModel, positions: Float32Array, light: Point3): ShadowMap {
  // an image as the light sees it: z away from it
  const z: Point3 = [-light[0], -light[1], -light[2]];
  const up: Point3 = Math.abs(z[1]) > 0.95 ? [1, 0, 0] : [0, 1, 0];
  const x = unit(crossOf(up, z));
  const y = crossOf(z, x);
  const axes: Matrix3 = [...x, ...y, ...z] as unknown as Matrix3;
  const seen = new Float32Array(positions.length);
  for (let at = 0; at < positions.length; at += 3) {
    const px = positions[at]!;
    const py = positions[at + 1]!;
    const pz = positions[at + 2]! - CAMERA.distance;
    seen[at] = axes[0] * px + axes[1] * py + axes[2] * pz;
    seen[at + 1] = axes[3] * px + axes[4] * py + axes[5] * pz;
    seen[at + 2] = axes[6] * px + axes[7] * py + axes[8] * pz;
  }
  const scale = SHADOW_SIZE / 4.2;
  const raster = rasterize(
    { positions: seen, triangles: model.triangles },
    { kind: 'orthographic', scale, offset: [SHADOW_SIZE / 2, SHADOW_SIZE / 2] },
    { width: SHADOW_SIZE, height: SHADOW_SIZE },
    { cull: 'back' },
  );
  return { axes, raster, scale };
}

/** 1 where the light reaches, 0 in shadow; soft over two texels. */
function lit({ axes, raster, scale }: ShadowMap, x: number, y: number, z: number, bias: number): number {
  const u = (axes[0] * x + axes[1] * y + axes[2] * z) * scale + SHADOW_SIZE / 2 - 0.5;
  const v = (axes[3] * x + axes[4] * y + axes[5] * z) * scale + SHADOW_SIZE / 2 - 0.5;
  const depth = axes[6] * x + axes[7] * y + axes[8] * z - bias;
  const [i, j] = [Math.floor(u), Math.floor(v)];
  if (i < 1 || j < 1 || i >= SHADOW_SIZE - 2 || j >= SHADOW_SIZE - 2) return 1;
  const [fu, fv] = [u - i, v - j];
  const d = raster.depth;
  let sum = 0;
  for (let b = -1; b <= 2; b++) {
    const wv = b === -1 ? 1 - fv : b === 2 ? fv : 1;
    const at = (j + b) * SHADOW_SIZE + i;
    const row =
      (d[at - 1]! > depth ? 1 - fu : 0) +
      (d[at]! > depth ? 1 : 0) +
      (d[at + 1]! > depth ? 1 : 0) +
      (d[at + 2]! > depth ? fu : 0);
    sum += wv * row;
  }
  return sum / 9;
}

const unit = (v: Point3): Point3 => {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
};
const crossOf = (a: Point3, b: Point3): Point3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

const TO_SRGB = Uint8Array.from({ length: 4097 }, (_, i) => {
  const v = i / 4096;
  return Math.round(255 * (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055));
});

interface LitLight {
  readonly to: Point3;
  /** Half way between the light and the viewer. */
  readonly half: Point3;
  readonly color: Point3;
}

function lightsOf(scene: Scene): LitLight[] {
  return (scene.lights ?? DEFAULT_LIGHTS).map(({ direction, color, strength }: Light) => {
    const to = unit(direction);
    return {
      to,
      half: unit([to[0], to[1], to[2] - 1]),
      color: color.map((c) => linear(c) * strength) as unknown as Point3,
    };
  });
}

function shade(
  model: CharacterModel,
  scene: Scene,
  head: PosedHead,
  positions: Float32Array,
  normals: Float32Array,
  raster: Raster,
  camera: PerspectiveCamera,
  size: HeightWidth,
): RawImage {
  const lights = lightsOf(scene);
  const key = lights[0];
  const shadows = key && shadowMap(model, positions, key.to);
  const ambient = scene.ambient ?? DEFAULT_AMBIENT;
  const around = ambient.color.map((c) => linear(c) * ambient.strength) as unknown as Point3;
  const { character } = model;
  const eyes = eyeUniforms(model, scene, head);
  const { triangleIds, weights, depth, width: W } = raster;
  const { triangles, paint, pieceOf, pieces } = model;
  const skinColors = model.skin;
  const color = new Float32Array(3);
  const shine = new Float32Array(3);
  const sums = new Float32Array(size.width * size.height * 3);
  const behind = backgroundPainter(scene.background ?? DEFAULT_BACKGROUND);
  const back = new Float32Array(3);
  const strands = character.hair.strands ?? 0.5;
  const hairShine = character.hair.shine ?? 0.5;
  const skinTint: Point3 = [1, 0.55, 0.42];
  const lip = character.mouth.color.map(linear) as unknown as Point3;
  const lipTint = character.mouth.tint ?? 1;
  const liner = character.eyes.liner ?? 0.8;

  for (let py = 0; py < size.height; py++) {
    for (let px = 0; px < size.width; px++) {
      let [r, g, b] = [0, 0, 0];
      let empty = 0;
      // within one triangle two samples on a diagonal do as well as four
      const corner = py * SAMPLES * W + px * SAMPLES;
      const first = triangleIds[corner]!;
      const isPlain =
        first === triangleIds[corner + 1] && first === triangleIds[corner + W] && first === triangleIds[corner + W + 1];
      const step = isPlain ? 3 : 1;
      const share = isPlain ? 0.5 : 0.25;
      for (let s = 0; s < SAMPLES * SAMPLES; s += step) {
        const sx = px * SAMPLES + (s % SAMPLES);
        const sy = py * SAMPLES + Math.floor(s / SAMPLES);
        const pixel = sy * W + sx;
        const id = triangleIds[pixel]!;
        if (id < 0) {
          empty++;
          continue;
        }
        const wa = weights[2 * pixel]!;
        const wb = weights[2 * pixel + 1]!;
        const wc = 1 - wa - wb;
        const a = triangles[3 * id]!;
        const bb = triangles[3 * id + 1]!;
        const c = triangles[3 * id + 2]!;
        let nx = wa * normals[3 * a]! + wb * normals[3 * bb]! + wc * normals[3 * c]!;
        let ny = wa * normals[3 * a + 1]! + wb * normals[3 * bb + 1]! + wc * normals[3 * c + 1]!;
        let nz = wa * normals[3 * a + 2]! + wb * normals[3 * bb + 2]! + wc * normals[3 * c + 2]!;
        const nl = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
        nx *= nl;
        ny *= nl;
        nz *= nl;
        const p0 = wa * paint[4 * a]! + wb * paint[4 * bb]! + wc * paint[4 * c]!;
        const p1 = wa * paint[4 * a + 1]! + wb * paint[4 * bb + 1]! + wc * paint[4 * c + 1]!;
        const p2 = wa * paint[4 * a + 2]! + wb * paint[4 * bb + 2]! + wc * paint[4 * c + 2]!;
        const p3 = wa * paint[4 * a + 3]! + wb * paint[4 * bb + 3]! + wc * paint[4 * c + 3]!;
        const z = depth[pixel]!;
        const x = ((sx + 0.5 - camera.center[0]) * z) / camera.focalPx;
        const y = ((sy + 0.5 - camera.center[1]) * z) / camera.focalPx;
        const piece = pieces[pieceOf[id]!]!;
        // how soft the light's edge is, how strong and how narrow the shine
        let wrap = 0.1;
        let gloss = 0;
        let sharp = 20;
        let tinted = 0;
        let glow = 0;
        let occluded = 1;
        color[0] = piece.linear[0];
        color[1] = piece.linear[1];
        color[2] = piece.linear[2];
        shine[0] = shine[1] = shine[2] = 1;
        switch (piece.material) {
          case 'skin': {
            occluded = paintSkin(color, skinColors, head.wrinkles, p0, p1);
            const red = smoothstep(0.32, 0.68, p2);
            if (red > 0) {
              const tint = red * lipTint;
              color[0] = mix(color[0]!, lip[0], tint);
              color[1] = mix(color[1]!, lip[1], tint);
              color[2] = mix(color[2]!, lip[2], tint);
              const inside = smoothstep(2.7, 3.4, p2);
              for (let k = 0; k < 3; k++) color[k] = color[k]! * (1 - 0.72 * inside);
            }
            const rim = smoothstep(0.2, 0.75, p3);
            if (rim > 0) {
              const dark = rim * liner;
              color[0] = mix(color[0]!, 0.016, dark);
              color[1] = mix(color[1]!, 0.01, dark);
              color[2] = mix(color[2]!, 0.01, dark);
            }
            wrap = 0.28;
            tinted = 1;
            gloss = 0.1 + 0.22 * red;
            sharp = 14 + 40 * red;
            break;
          }
          case 'eye':
            glow = paintEye(color, eyes[p3 > 0 ? 1 : 0]!, p0, p1, p2);
            wrap = 0.45;
            gloss = 1.3;
            sharp = 320;
            break;
          case 'hair': {
            const streak =
              strands *
              (0.5 * Math.sin(p0 * 21 + 2.2 * Math.sin(p1 * 5 + p0 * 3)) + 0.5 * Math.sin(p0 * 9.3 + 1.3 + p1 * 2));
            for (let k = 0; k < 3; k++) color[k] = color[k]! * (1 + 0.32 * streak);
            wrap = 0.25;
            gloss = 0.35 * hairShine * (1 + 0.8 * streak);
            sharp = 16;
            shine[0] = 0.35 + color[0]!;
            shine[1] = 0.35 + color[1]!;
            shine[2] = 0.35 + color[2]!;
            break;
          }
          case 'brow': {
            const streak = 0.25 * Math.sin(p1 * 70 + p0 * 4);
            for (let k = 0; k < 3; k++) color[k] = color[k]! * (1 + streak);
            wrap = 0.3;
            gloss = 0.06;
            break;
          }
          case 'teeth': {
            const gap = Math.abs(((((p0 * 4.5 + 100.5) % 1) + 1) % 1) - 0.5) * 2;
            const line = smoothstep(0.86, 0.99, gap) * 0.3;
            const gum = smoothstep(0.3, 0.12, p1);
            const sides = 1 - 0.5 * smoothstep(0.35, 1, Math.abs(p0));
            color[0] = mix(color[0]! * (1 - line), 0.55, gum) * sides;
            color[1] = mix(color[1]! * (1 - line * 1.1), 0.18, gum) * sides;
            color[2] = mix(color[2]! * (1 - line * 1.25), 0.18, gum) * sides;
            wrap = 0.5;
            gloss = 0.25;
            sharp = 60;
            break;
          }
          case 'tongue':
            wrap = 0.35;
            gloss = 0.2;
            sharp = 30;
            occluded = 0.75;
            break;
          case 'mouth':
            wrap = 0.3;
            occluded = 0.3;
            break;
          case 'cloth':
            if (p2 === 1) {
              const knit = 0.06 * Math.sin(p1 * 60);
              for (let k = 0; k < 3; k++) color[k] = color[k]! * (1 + knit);
            }
            wrap = 0.15;
            break;
          case 'gloss':
            gloss = 0.5;
            sharp = 50;
            break;
        }
        // light
        const up = 0.5 - 0.5 * ny;
        const fill = mix(0.62, 1.08, up) * occluded;
        let lr = around[0] * fill;
        let lg = around[1] * fill * (tinted ? 0.97 : 1);
        let lb = around[2] * fill * (tinted ? 0.94 : 1);
        let hr = 0;
        let hg = 0;
        let hb = 0;
        for (let l = 0; l < lights.length; l++) {
          const light = lights[l]!;
          const cos = nx * light.to[0] + ny * light.to[1] + nz * light.to[2];
          let seen = 1;
          if (l === 0 && shadows && cos > -wrap)
            seen = lit(shadows, x, y, z - CAMERA.distance, 0.05 + 0.06 * (1 - Math.max(0, cos)));
          if (
            piece.material === 'eye' ||
            piece.material === 'teeth' ||
            piece.material === 'mouth' ||
            piece.material === 'tongue'
          )
            seen = 0.35 + 0.65 * seen;
          if (tinted) {
            // light that went through skin is red: its edge is softer there
            const dr = Math.max(0, (cos + wrap) / (1 + wrap));
            const dg = Math.max(0, (cos + wrap * skinTint[1]) / (1 + wrap * skinTint[1]));
            const db = Math.max(0, (cos + wrap * skinTint[2]) / (1 + wrap * skinTint[2]));
            const soft = seen + 0.1 * (1 - seen);
            lr += light.color[0] * dr * soft * (occluded * 0.5 + 0.5);
            lg += light.color[1] * dg * seen * (occluded * 0.5 + 0.5);
            lb += light.color[2] * db * seen * (occluded * 0.5 + 0.5);
          } else {
            const d = Math.max(0, (cos + wrap) / (1 + wrap)) * seen * (occluded * 0.5 + 0.5);
            lr += light.color[0] * d;
            lg += light.color[1] * d;
            lb += light.color[2] * d;
          }
          if (gloss > 0) {
            const nh = nx * light.half[0] + ny * light.half[1] + nz * light.half[2];
            if (nh > 0) {
              const h = gloss * nh ** sharp * seen;
              hr += h * light.color[0];
              hg += h * light.color[1];
              hb += h * light.color[2];
            }
          }
        }
        // a faint rim, as cartoons have it
        const edge = (1 + nz) ** 3 * (piece.material === 'eye' ? 0 : 0.16);
        lr += edge * around[0];
        lg += edge * around[1];
        lb += edge * around[2];
        r += color[0]! * lr + hr * shine[0]! + glow;
        g += color[1]! * lg + hg * shine[1]! + glow;
        b += color[2]! * lb + hb * shine[2]! + glow;
      }
      const at = 3 * (py * size.width + px);
      if (empty > 0) {
        behind(back, px / size.width, py / size.height);
        r += back[0]! * empty;
        g += back[1]! * empty;
        b += back[2]! * empty;
      }
      sums[at] = r * share;
      sums[at + 1] = g * share;
      sums[at + 2] = b * share;
    }
  }
  const data = new Uint8Array(sums.length);
  for (let i = 0; i < sums.length; i++) {
    // bright light is rolled off in place of being cut
    const v = sums[i]!;
    data[i] = TO_SRGB[Math.round(4096 * Math.min(1, v < 0.8 ? v : 1 - 0.2 * Math.exp(-(v - 0.8) / 0.2)))]!;
  }
  return { width: size.width, height: size.height, channels: 3, data };
}

/** @returns how open to light the place is, 0 … 1 */
function paintSkin(
  color: Float32Array,
  { size, extent, colors, wrinkles }: SkinPaintImage,
  furrows: Float32Array,
  x: number,
  y: number,
): number {
  const i = clamp(Math.floor(((x + extent) / (2 * extent)) * size), 0, size - 1);
  const j = clamp(Math.floor(((y + extent) / (2 * extent)) * size), 0, size - 1);
  const at = j * size + i;
  color[0] = colors[3 * at]!;
  color[1] = colors[3 * at + 1]!;
  color[2] = colors[3 * at + 2]!;
  let furrow = 0;
  const side = x < 0 ? 0 : 1;
  for (let w = 0; w < WRINKLES.length; w++) {
    const here = wrinkles[at * WRINKLES.length + w]!;
    if (here > 0) furrow = Math.max(furrow, (here / 255) * furrows[2 * w + side]!);
  }
  if (furrow > 0) {
    color[0] = color[0]! * (1 - 0.42 * furrow);
    color[1] = color[1]! * (1 - 0.56 * furrow);
    color[2] = color[2]! * (1 - 0.58 * furrow);
  }
  return 1 - 0.3 * furrow;
}

interface EyeUniforms {
  readonly gaze: Point3;
  readonly side: number;
  /** y of the upper lid over the middle of the eye, in radii, and how it falls to the sides. */
  readonly lid: number;
  readonly iris: number;
  readonly pupil: number;
  readonly color: Point3;
}

function eyeUniforms(model: CharacterModel, scene: Scene, head: PosedHead): [EyeUniforms, EyeUniforms] {
  const { yawDeg = 0, pitchDeg = 0 } = scene.gaze ?? {};
  const [yaw, pitch] = [(yawDeg * Math.PI) / 180, (pitchDeg * Math.PI) / 180];
  const gaze: Point3 = [Math.sin(yaw) * Math.cos(pitch), -Math.sin(pitch), -Math.cos(yaw) * Math.cos(pitch)];
  const { rig, character } = model;
  const { above, rows } = rig.cage;
  const columns = above[0]!.length;
  const middle = Math.round((COLUMN.innerEye + COLUMN.outerEye) / 2);
  return rig.eyeballs.map(({ side, center, radius }) => {
    const vertex = above[rows.eye]![side > 0 ? middle : columns - middle]!;
    return {
      gaze,
      side,
      lid: (head.positions[3 * vertex + 1]! - center[1]) / radius,
      iris: character.eyes.iris,
      pupil: character.eyes.pupil ?? character.eyes.iris * 0.45,
      color: character.eyes.color.map(linear) as unknown as Point3,
    };
  }) as [EyeUniforms, EyeUniforms];
}

/** @param x of the direction from the middle of the eyeball, in the head's coordinates   @returns light added */
function paintEye(
  color: Float32Array,
  { gaze, lid, iris, pupil, color: own }: EyeUniforms,
  x: number,
  y: number,
  z: number,
): number {
  const length = Math.sqrt(x * x + y * y + z * z) || 1;
  const [dx, dy, dz] = [x / length, y / length, z / length];
  const cos = dx * gaze[0] + dy * gaze[1] + dz * gaze[2];
  const angle = Math.acos(clamp(cos, -1, 1));
  // white, a little red at the corners
  const corner = smoothstep(0.55, 0.95, Math.abs(dx));
  let [r, g, b] = [0.86, 0.86 - 0.12 * corner, 0.85 - 0.12 * corner];
  if (angle < iris + 0.03) {
    const within = smoothstep(iris + 0.025, iris - 0.025, angle);
    const t = clamp((angle - pupil) / (iris - pupil), 0, 1);
    // light gathers opposite to where it comes from
    const low = clamp((dy - gaze[1]) / iris, -1, 1);
    const around = Math.atan2(dy - gaze[1], dx - gaze[0]);
    const fibers = 1 + 0.1 * Math.sin(around * 23) + 0.06 * Math.sin(around * 41 + 1);
    const bright = (0.62 + 0.55 * Math.max(0, low) + 0.35 * (1 - t)) * fibers * (1 - 0.72 * smoothstep(0.72, 1, t));
    const black = smoothstep(pupil + 0.025, pupil - 0.025, angle);
    r = mix(r, mix(own[0] * bright, 0.006, black), within);
    g = mix(g, mix(own[1] * bright, 0.006, black), within);
    b = mix(b, mix(own[2] * bright, 0.008, black), within);
  }
  // the lid's shadow
  const under = lid + 0.32 * dx * dx;
  const dark = 0.55 * smoothstep(under + 0.34, under + 0.02, dy);
  color[0] = r * (1 - dark);
  color[1] = g * (1 - dark);
  color[2] = b * (1 - dark * 0.94);
  // the window's reflection, where the light comes from
  const [hx, hy] = [dx - gaze[0] * 0.55 + 0.17, dy - gaze[1] * 0.55 + 0.2];
  const spot = smoothstep(0.13, 0.075, Math.hypot(hx, hy));
  const [kx, ky] = [dx - gaze[0] * 0.55 - 0.15, dy - gaze[1] * 0.55 - 0.2];
  return 0.85 * spot * (1 - dark) + 0.16 * smoothstep(0.1, 0.03, Math.hypot(kx, ky));
}
