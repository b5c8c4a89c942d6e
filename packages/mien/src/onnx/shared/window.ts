/**
 * Output sizes and padding of sliding windows (convolution, pooling), ONNX conventions.
 * pads are [begin of each spatial axis …, end of each spatial axis …].
 */
export interface WindowAttrs {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[] | undefined;
  readonly pads?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly autoPad?: string;
  readonly ceil?: boolean;
  readonly outputPadding?: readonly number[] | undefined;
}

/** The extent of a dilated kernel along axis i: (k − 1)·dilation + 1. */
export function extent(a: WindowAttrs, i: number): number {
  return (a.kernel[i]! - 1) * (a.dilations?.[i] ?? 1) + 1;
}

/** Padding before and after along spatial axis i, with auto_pad resolved for an input of length `size`. */
export function resolvePads(size: number, i: number, a: WindowAttrs): [begin: number, end: number] {
  const rank = a.kernel.length;
  if (a.autoPad === 'SAME_UPPER' || a.autoPad === 'SAME_LOWER') {
    const stride = a.strides?.[i] ?? 1;
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + extent(a, i) - size);
    const small = Math.floor(total / 2);
    return a.autoPad === 'SAME_UPPER' ? [small, total - small] : [total - small, small];
  }
  if (a.autoPad === 'VALID') return [0, 0];
  return [a.pads?.[i] ?? 0, a.pads?.[i + rank] ?? 0];
}

/** ⌊(size + pads − extent)/stride⌋ + 1. */
export function convOutput(size: number, i: number, a: WindowAttrs): number {
  const [begin, end] = resolvePads(size, i, a);
  return Math.floor((size + begin + end - extent(a, i)) / (a.strides?.[i] ?? 1)) + 1;
}

/**
 * As convOutput; with `ceil`, a last partial window counts if it starts inside the input or its leading padding
 * (the rule that ONNX and PyTorch share).
 */
export function poolOutput(size: number, i: number, a: WindowAttrs): number {
  if (!a.ceil) return convOutput(size, i, a);
  const [begin, end] = resolvePads(size, i, a);
  const stride = a.strides?.[i] ?? 1;
  const out = Math.ceil((size + begin + end - extent(a, i)) / stride) + 1;
  return (out - 1) * stride >= size + begin ? out - 1 : out;
}

/** (size − 1)·stride + extent + output_padding − pads. */
export function convTransposeOutput(size: number, i: number, a: WindowAttrs): number {
  const stride = a.strides?.[i] ?? 1;
  if (a.autoPad === 'SAME_UPPER' || a.autoPad === 'SAME_LOWER') return size * stride;
  const [begin, end] = resolvePads(size, i, a);
  return (size - 1) * stride + extent(a, i) + (a.outputPadding?.[i] ?? 0) - begin - end;
}
