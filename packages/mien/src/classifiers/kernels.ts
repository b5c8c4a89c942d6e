/**
 * The two inner loops of the classifiers, products and sums of float32 rows, in WebAssembly's 128-bit SIMD: V8 does not
 * vectorise loops over typed arrays, and these are 5 to 8 times as fast (docs/adr/0006-own-classifiers.md).
 *
 * The module is assembled here from its instructions. Rows are 64-byte blocks, 16 floats: callers pad with zeros.
 */

/** Value types and opcodes of the WebAssembly specification, as far as they are used. */
const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const LOOP = [0x03, 0x40];
const END = 0x0b;
const REPEAT_IF = [0x0d, 0];
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;
const F32_ADD = 0x92;

/** Unsigned and signed LEB128. */
function unsigned(n: number): number[] {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...unsigned(n >>> 7)];
}
function signed(n: number): number[] {
  const low = n & 0x7f;
  const rest = n >> 7;
  return (rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40) ? [low] : [low | 0x80, ...signed(rest)];
}

const get = (local: number): number[] => [0x20, ...unsigned(local)];
const set = (local: number): number[] => [0x21, ...unsigned(local)];
const tee = (local: number): number[] => [0x22, ...unsigned(local)];
const constant = (n: number): number[] => [0x41, ...signed(n)];
const simd = (op: number, ...immediates: number[]): number[] => [0xfd, ...unsigned(op), ...immediates];
const load = (offset: number): number[] => simd(0x00, 4, ...unsigned(offset));
const store = (offset: number): number[] => simd(0x0b, 4, ...unsigned(offset));
const SPLAT = simd(0x13);
const ADD = simd(0xe4);
const MUL = simd(0xe6);
const advance = (local: number, bytes: number): number[] => [...get(local), ...constant(bytes), I32_ADD, ...set(local)];
/** The sum of a local's four lanes. */
const lanes = (local: number): number[] => [
  ...[0, 1, 2, 3].flatMap((lane) => [...get(local), ...simd(0x1f, lane)]),
  F32_ADD,
  F32_ADD,
  F32_ADD,
];
/** Counts local `bytes` down by `step` and repeats the loop until it is 0. */
const repeat = (bytes: number, step: number): number[] => [
  ...get(bytes),
  ...constant(step),
  I32_SUB,
  ...tee(bytes),
  ...REPEAT_IF,
  END,
];

/** (x, y, bytes) → Σ xⱼyⱼ. Locals 3 to 6: partial sums. */
const DOT = [
  ...LOOP,
  ...[0, 1, 2, 3].flatMap((k) => [
    ...get(0),
    ...load(16 * k),
    ...get(1),
    ...load(16 * k),
    ...MUL,
    ...get(3 + k),
    ...ADD,
    ...set(3 + k),
  ]),
  ...advance(0, 64),
  ...advance(1, 64),
  ...repeat(2, 64),
  ...get(3),
  ...get(4),
  ...ADD,
  ...get(5),
  ...get(6),
  ...ADD,
  ...ADD,
  ...set(3),
  ...lanes(3),
  END,
];

/** (x, y, bytes, s): y ← y + s·x. Local 4: s in all lanes. */
const AXPY = [
  ...get(3),
  ...SPLAT,
  ...set(4),
  ...LOOP,
  ...[0, 1, 2, 3].flatMap((k) => [
    ...get(1),
    ...get(1),
    ...load(16 * k),
    ...get(0),
    ...load(16 * k),
    ...get(4),
    ...MUL,
    ...ADD,
    ...store(16 * k),
  ]),
  ...advance(0, 64),
  ...advance(1, 64),
  ...repeat(2, 64),
  END,
];

/**
 * (x, y, stride, bytes, out): the 2·4 products of rows x, x+stride with y, y+stride, y+2·stride, y+3·stride, to out as
 * eight floats. Locals 5: x+stride; 6 to 8: the other y; 9 to 16: sums; 17 to 22: what is loaded.
 */
const TILE = [
  ...get(0),
  ...get(2),
  I32_ADD,
  ...set(5),
  ...[6, 7, 8].flatMap((y) => [...get(y === 6 ? 1 : y - 1), ...get(2), I32_ADD, ...set(y)]),
  ...LOOP,
  ...[0, 5, 1, 6, 7, 8].flatMap((address, i) => [...get(address), ...load(0), ...set(17 + i)]),
  ...[0, 1].flatMap((a) =>
    [0, 1, 2, 3].flatMap((b) => [
      ...get(17 + a),
      ...get(19 + b),
      ...MUL,
      ...get(9 + 4 * a + b),
      ...ADD,
      ...set(9 + 4 * a + b),
    ]),
  ),
  ...[0, 5, 1, 6, 7, 8].flatMap((address) => advance(address, 16)),
  ...repeat(3, 16),
  // f32.store (0x38), alignment 2
  ...Array.from({ length: 8 }, (_, i) => [...get(4), ...lanes(9 + i), 0x38, 2, ...unsigned(4 * i)]).flat(),
  END,
];

/** As far as it is used; the types of Node do not have it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, WasmMemory>>,
  ) => { readonly exports: unknown };
};

export interface Kernels {
  /** All arguments are addresses and lengths in bytes. */
  dot(x: number, y: number, bytes: number): number;
  axpy(x: number, y: number, bytes: number, s: number): void;
  tile(x: number, y: number, stride: number, bytes: number, out: number): void;
}

const section = (id: number, body: readonly number[]): number[] => [id, ...unsigned(body.length), ...body];
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (name: string): number[] => [...unsigned(name.length), ...new TextEncoder().encode(name)];
const signature = (parameters: readonly number[], results: readonly number[]): number[] => [
  0x60,
  ...vector(parameters.map((p) => [p])),
  ...vector(results.map((r) => [r])),
];
/** @param locals [count, type] after the parameters */
function body(locals: readonly (readonly [number, number])[], code: readonly number[]): number[] {
  const whole = [...vector(locals.map(([count, type]) => [...unsigned(count), type])), ...code];
  return [...unsigned(whole.length), ...whole];
}

function assemble(): Uint8Array {
  return Uint8Array.from([
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(
      1,
      vector([
        signature([I32, I32, I32], [F32]),
        signature([I32, I32, I32, F32], []),
        signature([I32, I32, I32, I32, I32], []),
      ]),
    ),
    ...section(2, vector([[...text('host'), ...text('memory'), 2, 0, 1]])),
    ...section(3, vector([[0], [1], [2]])),
    ...section(7, vector(['dot', 'axpy', 'tile'].map((name, i) => [...text(name), 0, i]))),
    ...section(
      10,
      vector([
        body([[4, V128]], DOT),
        body([[1, V128]], AXPY),
        body(
          [
            [4, I32],
            [14, V128],
          ],
          TILE,
        ),
      ]),
    ),
  ]);
}

let compiled: object | undefined;
const PAGE = 2 ** 16;

/** A memory of at least so many bytes, zeros, and the kernels that work on it. */
export function createKernels(bytes: number): { readonly buffer: ArrayBuffer; readonly kernels: Kernels } {
  compiled ??= new WebAssembly.Module(assemble());
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE) });
  return {
    buffer: memory.buffer,
    kernels: new WebAssembly.Instance(compiled, { host: { memory } }).exports as Kernels,
  };
}
