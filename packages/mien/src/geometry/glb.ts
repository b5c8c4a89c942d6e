/**
 * Meshes as binary glTF 2.0 (.glb), which ordinary viewers open: positions, normals and a color for each vertex.
 * Source: the Khronos Group's glTF 2.0 specification. glTF has y up and z towards the viewer, so both are negated; its
 * vertex colors are linear, so sRGB is decoded.
 */
import { ShapeError } from '../errors.ts';
import { vertexNormals } from './normals.ts';
import { checkMesh, type TriangleMesh } from './triangle-mesh.ts';

export interface ColoredMesh extends TriangleMesh {
  /** Name of the node, as viewers list it. */
  readonly name: string;
  /** uint8 [V,3], sRGB. */
  readonly colors: Uint8Array;
}

const COMPONENT = { uint8: 5121, uint32: 5125, float32: 5126 } as const;
const TARGET = { vertices: 34962, triangles: 34963 } as const;
const MAGIC = 0x46546c67; // "glTF"
const CHUNK = { json: 0x4e4f534a, binary: 0x004e4942 } as const;

/**
 * @param meshes at least one, each with at least one triangle; drawn without lights, seen from both sides
 * @param scale the file's meters per unit
 * @throws {ShapeError} when a mesh is malformed or empty
 */
export function encodeGlb(meshes: readonly ColoredMesh[], scale = 1): Uint8Array {
  if (meshes.length === 0) throw new ShapeError('encodeGlb', 'meshes: expected at least one, got none');
  const binary = new BinaryChunk();
  const parts = meshes.map((mesh) => {
    const count = checkMesh('encodeGlb', mesh);
    if (mesh.triangles.length === 0) throw new ShapeError('encodeGlb', `${mesh.name}: expected triangles, got none`);
    if (mesh.colors.length !== 3 * count)
      throw new ShapeError('encodeGlb', `${mesh.name}: colors: expected ${count}×3, got ${mesh.colors.length}`);
    const used = onlyUsed(mesh, count);
    return {
      name: mesh.name,
      attributes: {
        POSITION: binary.add(flipAxes(used.positions, scale), 'VEC3', TARGET.vertices, true),
        NORMAL: binary.add(unitNormals(used), 'VEC3', TARGET.vertices),
        COLOR_0: binary.add(linearColors(used.colors), 'VEC4', TARGET.vertices),
      },
      indices: binary.add(used.triangles, 'SCALAR', TARGET.triangles),
    };
  });
  const json = {
    asset: { version: '2.0', generator: 'Mien' },
    scene: 0,
    scenes: [{ nodes: parts.map((_, i) => i) }],
    nodes: parts.map(({ name }, mesh) => ({ name, mesh })),
    meshes: parts.map(({ name, attributes, indices }) => ({
      name,
      primitives: [{ attributes, indices, material: 0, mode: 4 }],
    })),
    materials: [
      {
        name: 'photo',
        doubleSided: true,
        pbrMetallicRoughness: { metallicFactor: 0, roughnessFactor: 1 },
        extensions: { KHR_materials_unlit: {} },
      },
    ],
    extensionsUsed: ['KHR_materials_unlit'],
    accessors: binary.accessors,
    bufferViews: binary.views,
    buffers: [{ byteLength: binary.length }],
  };
  return assemble(new TextEncoder().encode(JSON.stringify(json)), binary.bytes());
}

/** The buffer, and what describes it. */
class BinaryChunk {
  readonly accessors: object[] = [];
  readonly views: object[] = [];
  readonly #parts: Uint8Array[] = [];
  length = 0;

  /** @returns the number of the accessor */
  add(
    values: Float32Array | Uint8Array | Uint32Array,
    type: 'SCALAR' | 'VEC3' | 'VEC4',
    target: number,
    withRange = false,
  ): number {
    const width = type === 'SCALAR' ? 1 : type === 'VEC3' ? 3 : 4;
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.views.push({ buffer: 0, byteOffset: this.length, byteLength: bytes.length, target });
    this.#parts.push(bytes);
    this.length += bytes.length; // every kind of value here is a multiple of 4 bytes
    const componentType =
      values instanceof Float32Array
        ? COMPONENT.float32
        : values instanceof Uint8Array
          ? COMPONENT.uint8
          : COMPONENT.uint32;
    this.accessors.push({
      bufferView: this.views.length - 1,
      componentType,
      count: values.length / width,
      type,
      ...(values instanceof Uint8Array ? { normalized: true } : {}),
      ...(withRange ? rangeOf(values, width) : {}),
    });
    return this.accessors.length - 1;
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

function rangeOf(values: ArrayLike<number>, width: number): { min: number[]; max: number[] } {
  const [min, max] = [new Array<number>(width).fill(Infinity), new Array<number>(width).fill(-Infinity)];
  for (let i = 0; i < values.length; i++) {
    min[i % width] = Math.min(min[i % width]!, values[i]!);
    max[i % width] = Math.max(max[i % width]!, values[i]!);
  }
  return { min, max };
}

/** Without vertices that no triangle has. */
function onlyUsed(mesh: ColoredMesh, count: number): TriangleMesh & { colors: Uint8Array } {
  const place = new Int32Array(count).fill(-1);
  let used = 0;
  const triangles = mesh.triangles.map((vertex) => (place[vertex]! < 0 ? (place[vertex] = used++) : place[vertex]!));
  const positions = new Float32Array(3 * used);
  const colors = new Uint8Array(3 * used);
  place.forEach((to, from) => {
    if (to < 0) return;
    positions.set(mesh.positions.subarray(3 * from, 3 * from + 3), 3 * to);
    colors.set(mesh.colors.subarray(3 * from, 3 * from + 3), 3 * to);
  });
  return { positions, triangles, colors };
}

/** Half a turn about x. + 0 turns −0 into 0. */
const flipAxes = (vectors: Float32Array, scale: number): Float32Array =>
  vectors.map((value, i) => (i % 3 === 0 ? scale : -scale) * value + 0);

/** glTF wants length 1; where a mesh has none, towards the viewer. */
function unitNormals(mesh: TriangleMesh): Float32Array {
  const normals = flipAxes(vertexNormals(mesh), 1);
  for (let at = 0; at < normals.length; at += 3)
    if (normals[at] === 0 && normals[at + 1] === 0 && normals[at + 2] === 0) normals[at + 2] = 1;
  return normals;
}

/** sRGB to linear light (IEC 61966-2-1), as RGBA so that each vertex is 4 bytes. */
function linearColors(colors: Uint8Array): Uint8Array {
  const out = new Uint8Array((colors.length / 3) * 4).fill(255);
  for (let i = 0; i < colors.length / 3; i++)
    for (let c = 0; c < 3; c++) out[4 * i + c] = Math.round(255 * srgbToLinear(colors[3 * i + c]! / 255));
  return out;
}

function srgbToLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Header of 12 bytes, then the two chunks, each of a multiple of 4 bytes. */
function assemble(json: Uint8Array, binary: Uint8Array): Uint8Array {
  const padded = (4 - (json.length % 4)) % 4;
  const out = new Uint8Array(12 + 8 + json.length + padded + 8 + binary.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, 2, true);
  view.setUint32(8, out.length, true);
  view.setUint32(12, json.length + padded, true);
  view.setUint32(16, CHUNK.json, true);
  out.set(json, 20);
  out.fill(0x20, 20 + json.length, 20 + json.length + padded);
  const at = 20 + json.length + padded;
  view.setUint32(at, binary.length, true);
  view.setUint32(at + 4, CHUNK.binary, true);
  out.set(binary, at + 8);
  return out;
}
