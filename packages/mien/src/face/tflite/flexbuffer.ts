/**
 * FlexBuffers, the self-describing format in which custom TFLite operators keep their options
 * (https://flatbuffers.dev/flexbuffers/), as much as they need: one map from names to numbers or lists of integers.
 * Values are read backwards from the end; an offset points back from where it stands.
 */
import { MienError } from '../../errors.ts';

const TYPE = { int: 1, uint: 2, float: 3, map: 9, intVector: 11, uintVector: 12 } as const;

export type FlexValue = number | readonly number[];

/**
 * @throws {MienError} when the bytes are not such a map
 */
export function decodeFlexMap(bytes: Uint8Array): Map<string, FlexValue> {
  try {
    return readMap(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw new MienError(`FlexBuffer of ${bytes.length} bytes: is not a map of numbers (${(cause as Error).message})`, {
      cause,
    });
  }
}

function readMap(view: DataView): Map<string, FlexValue> {
  const end = view.byteLength;
  const rootWidth = view.getUint8(end - 1);
  const rootType = view.getUint8(end - 2);
  if (rootType >> 2 !== TYPE.map) throw new MienError(`the root has type ${rootType >> 2}`);
  const width = 1 << (rootType & 3);
  const values = follow(view, end - 2 - rootWidth, rootWidth);
  const size = readInt(view, values - width, width);
  const keys = follow(view, values - 3 * width, width);
  const keyWidth = readInt(view, values - 2 * width, width);
  const map = new Map<string, FlexValue>();
  for (let i = 0; i < size; i++) {
    const key = readKey(view, follow(view, keys + i * keyWidth, keyWidth));
    map.set(key, readValue(view, values + i * width, width, view.getUint8(values + size * width + i)));
  }
  return map;
}

/** @param packed the value's type, and the width of what it points to */
function readValue(view: DataView, at: number, width: number, packed: number): FlexValue {
  switch (packed >> 2) {
    case TYPE.int:
    case TYPE.uint:
      return readInt(view, at, width);
    case TYPE.float:
      return width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true);
    case TYPE.intVector:
    case TYPE.uintVector: {
      const elementWidth = 1 << (packed & 3);
      const start = follow(view, at, width);
      const size = readInt(view, start - elementWidth, elementWidth);
      return Array.from({ length: size }, (_, i) => readInt(view, start + i * elementWidth, elementWidth));
    }
    default:
      throw new MienError(`a value has type ${packed >> 2}`);
  }
}

/** A whole number of 1, 2, 4 or 8 bytes; sizes, offsets and indices are never negative. */
function readInt(view: DataView, at: number, width: number): number {
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true);
  if (width === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

function follow(view: DataView, at: number, width: number): number {
  return at - readInt(view, at, width);
}

function readKey(view: DataView, at: number): string {
  let key = '';
  for (let i = at, c = view.getUint8(i); c !== 0; c = view.getUint8(++i)) key += String.fromCharCode(c);
  return key;
}
