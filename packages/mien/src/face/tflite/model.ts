/**
 * A TFLite model as plain objects: tensors, constants and operators of its one subgraph.
 * Field numbers follow the schema of TensorFlow Lite, version 3 (tensorflow/lite/schema/schema.fbs).
 */
import { MienError } from '../../errors.ts';
import { FlatBuffer, type Table } from './flatbuffer.ts';

/** The tensor types of the schema that face networks use, by code. */
const TYPES = { 0: 'float32', 1: 'float16', 2: 'int32', 3: 'uint8', 4: 'int64', 9: 'int8' } as const;
export type TfliteType = (typeof TYPES)[keyof typeof TYPES];

/** The built-in operators of the schema that `translate` knows, by code. */
const OPERATORS: Readonly<Record<number, string>> = {
  0: 'ADD',
  2: 'CONCATENATION',
  3: 'CONV_2D',
  4: 'DEPTHWISE_CONV_2D',
  6: 'DEQUANTIZE',
  14: 'LOGISTIC',
  17: 'MAX_POOL_2D',
  18: 'MUL',
  19: 'RELU',
  22: 'RESHAPE',
  23: 'RESIZE_BILINEAR',
  32: 'CUSTOM',
  34: 'PAD',
  45: 'STRIDED_SLICE',
  54: 'PRELU',
  124: 'DENSIFY',
};

export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  readonly type: TfliteType;
  readonly shape: readonly number[];
  /** The raw little-endian bytes of a constant; empty for a computed tensor. */
  readonly data: Uint8Array;
}

export interface TfliteOperator {
  /** The built-in operator's name in the schema, or the custom operator's own name. */
  readonly name: string;
  readonly custom: boolean;
  /** Tensor indices; −1 marks an absent optional input. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The table of built-in options, absent when all hold their defaults. */
  readonly options: Table | undefined;
  readonly customOptions: Uint8Array;
}

export interface TfliteModel {
  readonly label: string;
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
}

/**
 * Reads the bytes of a .tflite file.
 * @param label names the file in errors
 * @throws {MienError} when the bytes are damaged, not a TFLite model, or use a type outside the list above
 */
export function decodeTflite(bytes: Uint8Array, label: string): TfliteModel {
  const model = new FlatBuffer(bytes, label).root('TFL3');
  const operatorNames = model.tables(1).map((code) => {
    // Codes above 127 stand in the later, wider field; the older one then holds a placeholder of 127.
    const builtin = Math.max(code.int8(0, 0), code.int32(3, 0));
    const name = OPERATORS[builtin] ?? `operator ${builtin}`;
    return name === 'CUSTOM' ? { name: code.string(1), custom: true } : { name, custom: false };
  });
  const buffers = model.tables(4);
  const subgraphs = model.tables(2);
  const subgraph = subgraphs[0];
  if (!subgraph || subgraphs.length !== 1)
    throw new MienError(`${label}: expected a TFLite model with 1 subgraph, got ${subgraphs.length}`);

  const tensors = subgraph.tables(0).map((t, index): TfliteTensor => {
    const code = t.int8(1, 0);
    const type = (TYPES as Readonly<Record<number, TfliteType>>)[code];
    const name = t.string(3);
    if (!type) throw new MienError(`${label}: tensor "${name}" has type ${code}, which is not supported`);
    const buffer = buffers[t.int32(2, 0)];
    if (!buffer) throw new MienError(`${label}: tensor "${name}" names buffer ${t.int32(2, 0)} of ${buffers.length}`);
    return { index, name, type, shape: t.int32s(0), data: buffer.bytes(0) };
  });
  const operators = subgraph.tables(3).map((op): TfliteOperator => {
    const code = operatorNames[op.int32(0, 0)];
    if (!code) throw new MienError(`${label}: an operator has code ${op.int32(0, 0)} of ${operatorNames.length}`);
    return { ...code, inputs: op.int32s(1), outputs: op.int32s(2), options: op.table(4), customOptions: op.bytes(5) };
  });
  return { label, tensors, inputs: subgraph.int32s(1), outputs: subgraph.int32s(2), operators };
}
