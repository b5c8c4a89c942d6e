/**
 * Light on what was rasterized: each sample's material says its color and how it takes light; two lights, the first with
 * soft shadows, and light from all around; samples are averaged to pixels.
 */
import type { PerspectiveCamera } from '../geometry/camera.ts';
import type { Raster } from '../geometry/rasterize.ts';
import type { HeightWidth, Point3, RawImage } from '../image/raw-image.ts';
import { backgroundPainter } from './background.ts';
import { eyesOf, OTHER_LIGHT, painterOf, SURFACE, type Painter } from './materials.ts';
import type { CharacterModel } from './model.ts';
import { linear, toSrgb } from './paint.ts';
import { mix } from './rig/curves.ts';
import type { PosedHead } from './rig/head-rig.ts';
import { DEFAULT_AMBIENT, DEFAULT_BACKGROUND, DEFAULT_LIGHTS, type Scene } from './scene.ts';
import { litShare, shadowMap } from './shadow-map.ts';

/** Rows and columns of samples in a pixel. */
export const SAMPLES = 2;

const TO_SRGB = Uint8Array.from({ length: 4097 }, (_, i) => toSrgb(i / 4096));

/** Numbers of each light: direction towards it, half way between it and the viewer, color times strength. */
const LIGHT_FIELDS = 9;

function lightTable(scene: Scene): Float64Array {
  const lights = scene.lights ?? DEFAULT_LIGHTS;
  const table = new Float64Array(LIGHT_FIELDS * lights.length);
  lights.forEach(({ direction, color, strength }, l) => {
    const [x, y, z] = unit(direction);
    table.set([x, y, z, ...unit([x, y, z - 1]), ...color.map((c) => linear(c) * strength)], LIGHT_FIELDS * l);
  });
  return table;
}

function unit(v: Point3): Point3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

export interface ShadeInput {
  readonly model: CharacterModel;
  readonly scene: Scene;
  readonly head: PosedHead;
  /** In the camera's coordinates. */
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  /** SAMPLES times the size of the image, with the camera that it was made with. */
  readonly raster: Raster;
  readonly camera: PerspectiveCamera;
  /** How far the middle of the head is from the camera. */
  readonly distance: number;
}

export function shade(input: ShadeInput, size: HeightWidth): RawImage {
  const { scene, raster } = input;
  const { triangleIds, width: W } = raster;
  const behind = backgroundPainter(scene.background ?? DEFAULT_BACKGROUND);
  const shadeSample = sampleShader(input);
  const sum = new Float32Array(3);
  const back = new Float32Array(3);
  const data = new Uint8Array(size.width * size.height * 3);
  for (let py = 0; py < size.height; py++) {
    for (let px = 0; px < size.width; px++) {
      const corner = py * SAMPLES * W + px * SAMPLES;
      const first = triangleIds[corner]!;
      sum[0] = sum[1] = sum[2] = 0;
      let count = 0;
      let empty = 0;
      // within one triangle two samples on a diagonal do as well as four
      const isPlain =
        first === triangleIds[corner + 1] && first === triangleIds[corner + W] && first === triangleIds[corner + W + 1];
      for (let s = 0; s < SAMPLES * SAMPLES; s += isPlain ? 3 : 1) {
        const [sx, sy] = [px * SAMPLES + (s & 1), py * SAMPLES + (s >> 1)];
        count++;
        if (triangleIds[sy * W + sx]! < 0) empty++;
        else shadeSample(sum, sx, sy);
      }
      if (empty > 0) {
        behind(back, px / size.width, py / size.height);
        for (let k = 0; k < 3; k++) sum[k] = sum[k]! + back[k]! * empty;
      }
      const at = 3 * (py * size.width + px);
      for (let k = 0; k < 3; k++) {
        const v = sum[k]! / count;
        // bright light is rolled off in place of being cut
        data[at + k] = TO_SRGB[Math.round(4096 * Math.min(1, v < 0.8 ? v : 1 - 0.2 * Math.exp(-(v - 0.8) / 0.2)))]!;
      }
    }
  }
  return { width: size.width, height: size.height, channels: 3, data };
}

/** @returns a function that adds the light of a sample to a sum */
function sampleShader({
  model,
  scene,
  head,
  positions,
  normals,
  raster,
  camera,
  distance,
}: ShadeInput): (sum: Float32Array, sx: number, sy: number) => void {
  const { triangleIds, weights, depth, width: W } = raster;
  const { triangles, paint, pieceOf, pieces } = model;
  const lights = lightTable(scene);
  const shadows =
    lights.length > 0 ? shadowMap(model, positions, [lights[0]!, lights[1]!, lights[2]!], distance) : undefined;
  const { color: ambientColor, strength } = scene.ambient ?? DEFAULT_AMBIENT;
  const around = Float64Array.from(ambientColor, (c) => linear(c) * strength);
  const eyes = eyesOf(model, scene, head);
  const painters: Painter[] = pieces.map((piece) => painterOf(piece, model, head, eyes));
  const indoors = Uint8Array.from(pieces, ({ material }) => (OTHER_LIGHT.has(material) ? 1 : 0));
  const surface = new Float64Array(SURFACE.length);
  const { focalPx } = camera;
  const [cx, cy] = camera.center;

  return (sum, sx, sy) => {
    const pixel = sy * W + sx;
    const id = triangleIds[pixel]!;
    const wa = weights[2 * pixel]!;
    const wb = weights[2 * pixel + 1]!;
    const wc = 1 - wa - wb;
    const a = triangles[3 * id]!;
    const b = triangles[3 * id + 1]!;
    const c = triangles[3 * id + 2]!;
    let nx = wa * normals[3 * a]! + wb * normals[3 * b]! + wc * normals[3 * c]!;
    let ny = wa * normals[3 * a + 1]! + wb * normals[3 * b + 1]! + wc * normals[3 * c + 1]!;
    let nz = wa * normals[3 * a + 2]! + wb * normals[3 * b + 2]! + wc * normals[3 * c + 2]!;
    const length = 1 / (Math.sqrt(nx * nx + ny * ny + nz * nz) || 1);
    nx *= length;
    ny *= length;
    nz *= length;
    const piece = pieceOf[id]!;
    painters[piece]!(
      surface,
      wa * paint[4 * a]! + wb * paint[4 * b]! + wc * paint[4 * c]!,
      wa * paint[4 * a + 1]! + wb * paint[4 * b + 1]! + wc * paint[4 * c + 1]!,
      wa * paint[4 * a + 2]! + wb * paint[4 * b + 2]! + wc * paint[4 * c + 2]!,
      wa * paint[4 * a + 3]! + wb * paint[4 * b + 3]! + wc * paint[4 * c + 3]!,
    );
    const isIndoors = indoors[piece]! === 1;
    const wrapR = surface[SURFACE.wrapRed]!;
    const wrapG = surface[SURFACE.wrapGreen]!;
    const wrapB = surface[SURFACE.wrapBlue]!;
    const gloss = surface[SURFACE.gloss]!;
    const sharp = surface[SURFACE.sharp]!;
    const open = surface[SURFACE.open]!;

    // from all around, more from above
    const fill = mix(0.62, 1.08, 0.5 - 0.5 * ny) * open;
    // and a faint rim, as cartoons have it
    const edge = (1 + nz) ** 3 * surface[SURFACE.rim]!;
    let lr = around[0]! * (fill + edge);
    let lg = around[1]! * (fill + edge);
    let lb = around[2]! * (fill + edge);
    let hr = 0;
    let hg = 0;
    let hb = 0;
    const half = 0.5 + 0.5 * open;
    for (let l = 0; l < lights.length; l += LIGHT_FIELDS) {
      const cos = nx * lights[l]! + ny * lights[l + 1]! + nz * lights[l + 2]!;
      let seen = 1;
      if (l === 0 && shadows !== undefined && cos > -wrapR) {
        const z = depth[pixel]!;
        const x = ((sx + 0.5 - cx) * z) / focalPx;
        const y = ((sy + 0.5 - cy) * z) / focalPx;
        seen = litShare(shadows, x, y, z - distance, 0.05 + 0.06 * (1 - Math.max(0, cos)));
      }
      if (isIndoors) seen = 0.35 + 0.65 * seen;
      // light that went through skin is red: its edge is softer there, and a little of it is in shadows
      const through = wrapR > wrapG ? seen + 0.1 * (1 - seen) : seen;
      const r = lights[l + 6]!;
      const g = lights[l + 7]!;
      const bl = lights[l + 8]!;
      if (cos > -wrapR) lr += r * ((cos + wrapR) / (1 + wrapR)) * through * half;
      if (cos > -wrapG) lg += g * ((cos + wrapG) / (1 + wrapG)) * seen * half;
      if (cos > -wrapB) lb += bl * ((cos + wrapB) / (1 + wrapB)) * seen * half;
      if (gloss > 0) {
        const nh = nx * lights[l + 3]! + ny * lights[l + 4]! + nz * lights[l + 5]!;
        if (nh > 0) {
          const h = gloss * nh ** sharp * seen;
          hr += h * r;
          hg += h * g;
          hb += h * bl;
        }
      }
    }
    const glow = surface[SURFACE.glow]!;
    sum[0] = sum[0]! + surface[SURFACE.red]! * lr + hr * surface[SURFACE.shineRed]! + glow;
    sum[1] = sum[1]! + surface[SURFACE.green]! * lg + hg * surface[SURFACE.shineGreen]! + glow;
    sum[2] = sum[2]! + surface[SURFACE.blue]! * lb + hb * surface[SURFACE.shineBlue]! + glow;
  };
}
