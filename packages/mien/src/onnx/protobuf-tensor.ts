/** TensorProto, TypeProto and the numbers of ONNX's element types (onnx.proto3). */
import { MienError } from '../errors.ts';
import { allocate, sizeOf, tensor, type DType, type Tensor } from '../tensor/index.ts';
import type { Dim, Shape } from './graph.ts';
import { DTYPE_BY_CODE, DTYPE_CODES } from './infer.ts';
import type { WireField, WireWriter } from './protobuf-wire.ts';

const OTHER_TYPES: Readonly<Record<number, string>> = {
  0: 'undefined',
  4: 'uint16',
  5: 'int16',
  8: 'string',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
};

/**
 * The dtype of an ONNX element type.
 * @throws {MienError} when Mien has no such dtype
 */
function dtypeOfElementType(elementType: number, what: string): DType {
  const dtype = DTYPE_BY_CODE.get(elementType);
  if (dtype !== undefined) return dtype;
  throw new MienError(
    `${what} has the element type ${OTHER_TYPES[elementType] ?? elementType}, which is not supported`,
  );
}

const TENSOR = {
  dims: 1,
  dataType: 2,
  segment: 3,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  externalData: 13,
  dataLocation: 14,
} as const;
const ENTRY = { key: 1, value: 2 } as const;
const EXTERNAL = 1;

/**
 * Gives `length` bytes from `offset` of the file that a model names as the place of a tensor's data, relative to the
 * model's own folder.
 * @throws {MienError} when it cannot, saying why
 */
export type ExternalData = (location: string, offset: number, length: number) => Uint8Array;

/**
 * The repeated field that holds the values where there is no raw_data; narrow types and float16's bits share
 * int32_data.
 */
function typedField(dtype: DType): 'floats' | 'doubles' | 'int32s' | 'int64s' {
  if (dtype === 'float32') return 'floats';
  if (dtype === 'float64') return 'doubles';
  return dtype === 'int64' ? 'int64s' : 'int32s';
}

export function writeTensor(out: WireWriter, name: string, t: Tensor): void {
  for (const d of t.dims) out.int(TENSOR.dims, d);
  out.int(TENSOR.dataType, DTYPE_CODES[t.dtype]);
  out.string(TENSOR.name, name);
  out.bytes(TENSOR.rawData, new Uint8Array(t.data.buffer, t.data.byteOffset, t.data.byteLength));
}

/**
 * @param field a field that holds a TensorProto   @param owner names the tensor if it has no name of its own
 * @param externalData reads data kept in other files; without it they are refused
 * @throws {MienError} when the data cannot be had, is of an unknown type, or does not fill the dimensions
 */
export function readTensor(
  field: WireField,
  owner: string,
  externalData?: ExternalData,
): { name: string; value: Tensor } {
  let name = '';
  let elementType = 0;
  let external = false;
  let segmented = false;
  let raw: Uint8Array | undefined;
  const place = new Map<string, string>();
  const dims: number[] = [];
  const typed = { floats: [] as number[], doubles: [] as number[], int32s: [] as bigint[], int64s: [] as bigint[] };
  for (const f of field.fields()) {
    if (f.number === TENSOR.dims) for (const d of f.int64s()) dims.push(Number(d));
    else if (f.number === TENSOR.dataType) elementType = f.int();
    else if (f.number === TENSOR.segment) segmented = true;
    else if (f.number === TENSOR.floatData) for (const v of f.floats()) typed.floats.push(v);
    else if (f.number === TENSOR.int32Data) for (const v of f.int64s()) typed.int32s.push(v);
    else if (f.number === TENSOR.int64Data) for (const v of f.int64s()) typed.int64s.push(v);
    else if (f.number === TENSOR.doubleData) for (const v of f.doubles()) typed.doubles.push(v);
    else if (f.number === TENSOR.name) name = f.string();
    else if (f.number === TENSOR.rawData) raw = f.bytes();
    else if (f.number === TENSOR.externalData) {
      const entry = [...f.fields()];
      place.set(
        entry.find((e) => e.number === ENTRY.key)?.string() ?? '',
        entry.find((e) => e.number === ENTRY.value)?.string() ?? '',
      );
    } else if (f.number === TENSOR.dataLocation) external = f.int() === EXTERNAL;
  }
  const what = name === '' ? owner : `tensor "${name}"`;
  if (segmented) throw new MienError(`${what} is split into segments, which is not supported`);
  const dtype = dtypeOfElementType(elementType, what);
  if (dims.some((d) => d < 0)) throw new MienError(`${what} has a negative dimension in [${dims.join(',')}]`);
  const width = allocate(dtype, 0).BYTES_PER_ELEMENT;
  const size = sizeOf(dims);
  if (external) raw = readExternal(what, place, size * width, externalData);
  const values = typed[typedField(dtype)];
  const got = raw === undefined ? values.length : raw.length / width;
  if (got !== size) throw new MienError(`${what} of shape [${dims.join(',')}] needs ${size} elements, got ${got}`);
  const data = allocate(dtype, size);
  if (raw !== undefined) new Uint8Array(data.buffer).set(raw);
  else if (data instanceof BigInt64Array) data.set(typed.int64s);
  else data.set(values.map(Number));
  return { name, value: tensor(dtype, dims, data) };
}

function readExternal(
  what: string,
  place: ReadonlyMap<string, string>,
  byteLength: number,
  read: ExternalData | undefined,
): Uint8Array {
  const location = place.get('location');
  if (location === undefined || location === '')
    throw new MienError(`${what} keeps its data in another file, which it does not name`);
  if (read === undefined) throw new MienError(`${what} keeps its data in the file "${location}", which was not given`);
  const number = (key: string, otherwise: number): number => {
    const value = Number(place.get(key) ?? otherwise);
    if (!Number.isSafeInteger(value) || value < 0)
      throw new MienError(`${what} keeps its data at the ${key} "${place.get(key)}" of "${location}"`);
    return value;
  };
  const length = number('length', byteLength);
  if (length !== byteLength)
    throw new MienError(`${what} needs ${byteLength} bytes, its data in "${location}" has ${length}`);
  try {
    return read(location, number('offset', 0), length);
  } catch (cause) {
    if (!(cause instanceof MienError)) throw cause;
    throw new MienError(`${what} keeps its data in the file "${location}", ${cause.message}`, { cause });
  }
}

const VALUE_INFO = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1, denotation: 6 } as const;
const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
const SHAPE = { dim: 1 } as const;
const DIM = { value: 1, param: 2 } as const;

export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  /** undefined: the rank is not stated. */
  readonly shape: Shape | undefined;
}

export function writeValueInfo(out: WireWriter, info: ValueInfo): void {
  const { shape } = info;
  out.string(VALUE_INFO.name, info.name).message(VALUE_INFO.type, (type) =>
    type.message(TYPE.tensor, (t) => {
      t.int(TENSOR_TYPE.elementType, DTYPE_CODES[info.dtype]);
      if (shape === undefined) return;
      t.message(TENSOR_TYPE.shape, (s) => {
        for (const d of shape)
          s.message(SHAPE.dim, (dim) => (typeof d === 'number' ? dim.int(DIM.value, d) : dim.string(DIM.param, d)));
      });
    }),
  );
}

/**
 * A ValueInfoProto; undefined where it states no type. A dimension with neither value nor name gets the
 * name `<value>_dim<i>`.
 * @throws {MienError} when the value is not a tensor, or of a type Mien does not have
 */
export function readValueInfo(field: WireField): ValueInfo | undefined {
  let name = '';
  let elementType: number | undefined;
  let dims: (Dim | undefined)[] | undefined;
  for (const f of field.fields()) {
    if (f.number === VALUE_INFO.name) name = f.string();
    else if (f.number === VALUE_INFO.type) {
      for (const type of f.fields()) {
        if (type.number === TYPE.denotation) continue;
        if (type.number !== TYPE.tensor) throw new MienError(`value "${name}" is not a tensor`);
        for (const part of type.fields()) {
          if (part.number === TENSOR_TYPE.elementType) elementType = part.int();
          else if (part.number === TENSOR_TYPE.shape)
            dims = [...part.fields()].filter((d) => d.number === SHAPE.dim).map(readDim);
        }
      }
    }
  }
  if (elementType === undefined) return undefined;
  const shape = dims?.map((d, i) => d ?? `${name}_dim${i}`);
  return { name, dtype: dtypeOfElementType(elementType, `value "${name}"`), shape };
}

function readDim(field: WireField): Dim | undefined {
  let dim: Dim | undefined;
  for (const f of field.fields()) {
    if (f.number === DIM.value && f.int() >= 0) dim = f.int();
    else if (f.number === DIM.param && f.string() !== '') dim = f.string();
  }
  return dim;
}
