import { encodeGlb } from './glb.ts';
import { sphere, validateGlb } from 'mien-testkit';
import { describe, expect, it } from 'vitest';

const ball = sphere(2);
const colors = Uint8Array.from(ball.positions, (v) => 128 + 127 * v);

interface Gltf {
  readonly accessors: readonly { readonly bufferView: number; readonly count: number; readonly type: string }[];
  readonly bufferViews: readonly { readonly byteOffset: number; readonly byteLength: number }[];
  readonly meshes: readonly {
    readonly name: string;
    readonly primitives: readonly { readonly attributes: Record<string, number>; readonly indices: number }[];
  }[];
}

/** The two chunks of a .glb file. */
function read(bytes: Uint8Array): { json: Gltf; binary: Uint8Array } {
  const view = new DataView(bytes.buffer);
  const length = view.getUint32(12, true);
  return {
    json: JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length))) as Gltf,
    binary: bytes.subarray(28 + length),
  };
}

describe('encodeGlb', () => {
  it('is without errors, warnings and hints to the Khronos validator', async () => {
    const bytes = encodeGlb(
      [
        { name: 'ball', ...ball, colors },
        { name: 'part', ...ball, triangles: ball.triangles.slice(0, 30), colors },
      ],
      0.01,
    );
    const { messages, info } = await validateGlb(bytes);
    expect(messages).toEqual([]);
    expect(info).toMatchObject({ drawCallCount: 2, totalTriangleCount: ball.triangles.length / 3 + 10 });
  });

  it('turns y up and z to the viewer, scales, and keeps only vertices in use', () => {
    const mesh = {
      name: 'triangle',
      positions: Float32Array.of(9, 9, 9, 0, 0, 5, 0, 4, 5, 4, 0, 5),
      triangles: Uint32Array.of(1, 2, 3),
      colors: Uint8Array.of(0, 0, 0, 255, 0, 0, 0, 255, 0, 188, 188, 188),
    };
    const { json, binary } = read(encodeGlb([mesh], 2));
    const { attributes, indices } = json.meshes[0]!.primitives[0]!;
    const bytesOf = (accessor: number): ArrayBuffer => {
      const { byteOffset, byteLength } = json.bufferViews[json.accessors[accessor]!.bufferView]!;
      return binary.slice(byteOffset, byteOffset + byteLength).buffer;
    };
    expect([...new Float32Array(bytesOf(attributes['POSITION']!))]).toEqual([0, 0, -10, 0, -8, -10, 8, 0, -10]);
    expect([...new Float32Array(bytesOf(attributes['NORMAL']!))]).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 1]);
    expect([...new Uint32Array(bytesOf(indices))]).toEqual([0, 1, 2]);
    // sRGB 188 is half of the light
    expect([...new Uint8Array(bytesOf(attributes['COLOR_0']!))]).toEqual([
      255, 0, 0, 255, 0, 255, 0, 255, 128, 128, 128, 255,
    ]);
  });

  it('refuses nothing, and colors that are not one a vertex', () => {
    expect(() => encodeGlb([])).toThrow('expected at least one, got none');
    expect(() => encodeGlb([{ name: 'ball', ...ball, colors: colors.slice(3) }])).toThrow('ball: colors: expected');
    expect(() => encodeGlb([{ name: 'ball', ...ball, triangles: new Uint32Array(0), colors }])).toThrow(
      'ball: expected triangles, got none',
    );
  });
});
