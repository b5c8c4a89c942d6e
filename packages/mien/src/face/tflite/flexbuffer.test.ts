import { describe, expect, it } from 'vitest';
import { decodeFlexMap } from './flexbuffer.ts';

describe('decodeFlexMap', () => {
  // Two keys, their vector, two values of one byte, their types, and the root: the options of a 16×16 crop.
  const bytes = Uint8Array.from(
    Buffer.from('6f75747075745f686569676874006f75747075745f776964746800021c0f02010210100404042401', 'hex'),
  );

  it('reads names and numbers', () => {
    expect(decodeFlexMap(bytes)).toEqual(
      new Map([
        ['output_height', 16],
        ['output_width', 16],
      ]),
    );
  });

  it('rejects damaged bytes', () => {
    expect(() => decodeFlexMap(new Uint8Array(0))).toThrow(/^FlexBuffer of 0 bytes: is not a map of numbers/);
    expect(() => decodeFlexMap(bytes.subarray(0, -1))).toThrow(/is not a map of numbers \(the root has type/);
    expect(() => decodeFlexMap(Uint8Array.of(200, 0x24, 1))).toThrow(/is not a map of numbers/);
  });
});
