/**
 * Triangles to pixels with a z-buffer: which triangle each pixel shows, how deep, and where within the triangle; any
 * attribute of the vertices (normals, colors, positions, texture coordinates) is interpolated from that.
 * Pixel (i, j) shows what is at its center (i + ½, j + ½). Neighboring triangles leave no gap: an edge is computed from
 * the same end for both.
 */
import { ShapeError } from '../errors.ts';
import type { HeightWidth } from '../image/raw-image.ts';
import { type Camera, project } from './camera.ts';
import { checkMesh, type TriangleMesh } from './triangle-mesh.ts';

export interface Raster extends HeightWidth {
  /** int32 [H,W]: the triangle, −1 where there is none. */
  readonly triangleIds: Int32Array;
  /** float32 [H,W], in the mesh's unit: z, or the distance along a perspective camera's axis; ∞ where there is none. */
  readonly depth: Float32Array;
  /** float32 [H,W,2]: weights of the triangle's first two corners (that of the third is what remains to 1). */
  readonly weights: Float32Array;
}

export interface RasterizeOptions {
  /** `back` leaves out triangles whose outside is turned away. Default `none`: both sides are drawn, and hide. */
  readonly cull?: 'none' | 'back';
}

/**
 * @param mesh in the camera's coordinates   @param size of the image, px
 * @throws {ShapeError} when the mesh is malformed or the size is not positive integers
 */
export function rasterize(
  mesh: TriangleMesh,
  camera: Camera,
  size: HeightWidth,
  options: RasterizeOptions = {},
): Raster {
  checkMesh('rasterize', mesh);
  const { width, height } = size;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1)
    throw new ShapeError('rasterize', `size: expected positive integers, got ${width}×${height}`);
  const { screen, behind } = project(mesh.positions, camera);
  const raster = {
    width,
    height,
    triangleIds: new Int32Array(width * height).fill(-1),
    depth: new Float32Array(width * height).fill(Infinity),
    weights: new Float32Array(width * height * 2),
  };
  const { triangles } = mesh;
  const cull = options.cull === 'back';
  const perspective = camera.kind === 'perspective';
  for (let at = 0; at < triangles.length; at += 3) {
    const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
    if (behind && (behind[a] || behind[b] || behind[c])) continue;
    drawTriangle(raster, at / 3, screen, a, b, c, perspective, cull);
  }
  return raster;
}

function drawTriangle(
  { width, height, triangleIds, depth, weights }: Raster,
  id: number,
  screen: Float64Array,
  a: number,
  b: number,
  c: number,
  perspective: boolean,
  cull: boolean,
): void {
  const [ax, ay, az] = [screen[3 * a]!, screen[3 * a + 1]!, screen[3 * a + 2]!];
  const [bx, by, bz] = [screen[3 * b]!, screen[3 * b + 1]!, screen[3 * b + 2]!];
  const [cx, cy, cz] = [screen[3 * c]!, screen[3 * c + 1]!, screen[3 * c + 2]!];
  const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5));
  const right = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
  if (left > right) return;
  const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5));
  const bottom = Math.min(height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
  if (top > bottom) return;
  // Twice the area. With y down and z away, a triangle whose outside faces the camera has a negative one.
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  if (area === 0 || (cull && area > 0)) return;
  const sign = area > 0 ? 1 : -1;
  const [za, zb, zc] = perspective ? [1 / az, 1 / bz, 1 / cz] : [az, bz, cz];
  for (let y = top; y <= bottom; y++) {
    const py = y + 0.5;
    for (let x = left; x <= right; x++) {
      const px = x + 0.5;
      const ea = sign * edge(b, bx, by, c, cx, cy, px, py);
      if (ea < 0) continue;
      const eb = sign * edge(c, cx, cy, a, ax, ay, px, py);
      if (eb < 0) continue;
      const ec = sign * edge(a, ax, ay, b, bx, by, px, py);
      if (ec < 0) continue;
      const sum = ea + eb + ec;
      if (!(sum > 0)) continue;
      let [wa, wb, wc] = [ea / sum, eb / sum, ec / sum];
      let z = wa * za + wb * zb + wc * zc;
      if (perspective) {
        // 1/z is linear on the screen, attributes are so after division by z
        z = 1 / z;
        wa *= za * z;
        wb *= zb * z;
        wc *= zc * z;
      }
      const pixel = y * width + x;
      if (!(z < depth[pixel]!)) continue;
      depth[pixel] = z;
      triangleIds[pixel] = id;
      weights[2 * pixel] = wa;
      weights[2 * pixel + 1] = wb;
    }
  }
}

/** (to − from) × (p − from), the same to the bit but for its sign whichever end comes first. */
function edge(
  from: number,
  fx: number,
  fy: number,
  to: number,
  tx: number,
  ty: number,
  px: number,
  py: number,
): number {
  return from < to ? (tx - fx) * (py - fy) - (ty - fy) * (px - fx) : -((fx - tx) * (py - ty) - (fy - ty) * (px - tx));
}

/**
 * An attribute of the vertices, as an image.
 * @param values [V,channels]   @param background of pixels without a triangle; default 0
 * @returns float32 [H,W,channels]
 */
export function interpolate(
  { triangleIds, weights }: Raster,
  triangles: Uint32Array,
  values: ArrayLike<number>,
  channels: number,
  background = 0,
): Float32Array {
  const out = new Float32Array(triangleIds.length * channels);
  if (background !== 0) out.fill(background);
  for (let pixel = 0; pixel < triangleIds.length; pixel++) {
    const id = triangleIds[pixel]!;
    if (id < 0) continue;
    const [wa, wb] = [weights[2 * pixel]!, weights[2 * pixel + 1]!];
    const wc = 1 - wa - wb;
    const a = triangles[3 * id]! * channels;
    const b = triangles[3 * id + 1]! * channels;
    const c = triangles[3 * id + 2]! * channels;
    for (let k = 0; k < channels; k++)
      out[pixel * channels + k] = wa * values[a + k]! + wb * values[b + k]! + wc * values[c + k]!;
  }
  return out;
}
