/** NPY files of version 1: numbers as `<f8`, text as one `<U` element. Source: the NPY format (numpy.lib.format). */

/** @param shape sizes; none for a scalar */
export function encodeNpy(values: readonly number[] | string, shape: readonly number[]): Uint8Array {
  const dtype = typeof values === 'string' ? `<U${values.length}` : '<f8';
  const sizes = shape.map((size) => `${size},`).join(' ');
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const start = Buffer.alloc(10);
  start.write('\u0093NUMPY\u0001\u0000', 'latin1');
  start.writeUInt16LE(padded.length, 8);
  const data =
    typeof values === 'string'
      ? Buffer.from(Uint32Array.from(values, (c) => c.codePointAt(0)!).buffer)
      : Buffer.from(Float64Array.from(values).buffer);
  return Buffer.concat([start, Buffer.from(padded, 'latin1'), data]);
}
