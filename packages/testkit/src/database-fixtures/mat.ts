/** MATLAB files of level 5, little-endian, as `save -v6` (plain) and `-v7` (compressed) write them. */
import { deflateSync } from 'node:zlib';

export interface MatFixture {
  readonly dims: readonly number[];
  /** Column-major. */
  readonly data: Uint8Array | Int16Array | Float64Array;
}

export function encodeMat(
  variables: Readonly<Record<string, MatFixture>>,
  options: { readonly compressed: boolean },
): Uint8Array {
  const header = Buffer.alloc(128, ' ');
  header.write('MATLAB 5.0 MAT-file', 'latin1');
  header.writeUInt16LE(0x0100, 124);
  header.write('IM', 126, 'latin1');
  const elements = Object.entries(variables).map(([name, variable]) => {
    const matrix = element(14, encodeMatrix(name, variable));
    if (!options.compressed) return matrix;
    const deflated = deflateSync(matrix);
    return Buffer.concat([tag(15, deflated.length), deflated]);
  });
  return Buffer.concat([header, ...elements]);
}

/** Flags, dimensions, name, numbers. */
function encodeMatrix(name: string, { dims, data }: MatFixture): Buffer {
  const [mxClass, type] = data instanceof Uint8Array ? [9, 2] : data instanceof Int16Array ? [10, 3] : [6, 9];
  return Buffer.concat([
    element(6, Buffer.from(Uint32Array.of(mxClass, 0).buffer)),
    element(5, Buffer.from(Int32Array.from(dims).buffer)),
    element(1, Buffer.from(name, 'latin1')),
    element(type, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

/** Padded to 8 bytes. */
const element = (type: number, body: Buffer): Buffer =>
  Buffer.concat([tag(type, body.length), body, Buffer.alloc(-body.length & 7)]);

function tag(type: number, length: number): Buffer {
  return Buffer.from(Uint32Array.of(type, length).buffer);
}
