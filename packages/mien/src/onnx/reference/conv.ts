/**
 * Convolution and its transpose over any number of spatial axes.
 * x [N,C,…], w [O,C/G,…] (Conv) or [C,O/G,…] (ConvTranspose), b [O], G groups.
 */
import { sizeOf } from '../../tensor/index.ts';
import type { OpName } from '../ops.ts';
import { convOutput, convTransposeOutput, extent } from '../shared/window.ts';
import type { Kernel, KernelCall } from './kernel.ts';
import { nd, type Nd } from './nd.ts';
import { OUTSIDE, beginPads, tapTable, windowAttrs } from './taps.ts';

/** y[n,o,p] = b[o] + Σ_c Σ_k w[o,c,k]·x[n, c + group·C/G, p·stride − pad + k·dilation]. */
function conv(c: KernelCall): Nd {
  const [x, w, bias] = [c.x(0), c.x(1), c.optional(2)];
  const [batch, channels] = x.dims as [number, number];
  const [outChannels, groupChannels] = w.dims as [number, number];
  const groups = c.number('group', 1);
  if (groupChannels * groups !== channels)
    c.fail(`weight [${w.dims.join(',')}] in ${groups} groups does not fit the input [${x.dims.join(',')}]`);
  const input = x.dims.slice(2);
  const window = windowAttrs(c, w.dims.slice(2));
  const output = input.map((size, i) => convOutput(size, i, window));
  const taps = tapTable({ ...window, input, output, begin: beginPads(input, window) });
  const [inSize, outSize, kernelSize] = [sizeOf(input), sizeOf(output), sizeOf(window.kernel)];
  const data = new Float64Array(batch * outChannels * outSize);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outChannels; o++) {
      const firstChannel = Math.floor(o / (outChannels / groups)) * groupChannels;
      const y = data.subarray((n * outChannels + o) * outSize, (n * outChannels + o + 1) * outSize);
      y.fill(bias?.data[o] ?? 0);
      for (let g = 0; g < groupChannels; g++) {
        const image = x.data.subarray((n * channels + firstChannel + g) * inSize);
        const kernel = w.data.subarray((o * groupChannels + g) * kernelSize);
        for (let p = 0; p < outSize; p++) {
          let sum = 0;
          for (let k = 0; k < kernelSize; k++) {
            const at = taps[p * kernelSize + k]!;
            if (at !== OUTSIDE) sum += kernel[k]! * image[at]!;
          }
          y[p]! += sum;
        }
      }
    }
  }
  return nd(x.dtype, [batch, outChannels, ...output], data);
}

/**
 * The transpose of conv's linear map in x: y[n,o,q] = b[o] + the sum of w[c,o,k]·x[n,c,p] over all c, k, p with
 * p·stride − pad + k·dilation = q.
 */
function convTranspose(c: KernelCall): Nd {
  const [x, w, bias] = [c.x(0), c.x(1), c.optional(2)];
  const [batch, channels] = x.dims as [number, number];
  const groups = c.number('group', 1);
  const groupOut = w.dims[1]!;
  const outChannels = groupOut * groups;
  if (w.dims[0] !== channels) c.fail(`weight [${w.dims.join(',')}] does not fit the input [${x.dims.join(',')}]`);
  const input = x.dims.slice(2);
  const window = windowAttrs(c, w.dims.slice(2));
  const asked = c.list('output_shape', []).slice(-input.length);
  const output = input.map((size, i) => asked[i] ?? convTransposeOutput(size, i, window));
  const derived = asked.length > 0 || window.autoPad.startsWith('SAME');
  // Padding that follows from the output's size is split in halves; the odd one goes where auto_pad says, else before.
  const begin = input.map((size, i) => {
    if (!derived) return window.autoPad === 'VALID' ? 0 : window.pads![i]!;
    const total = Math.max(
      0,
      (size - 1) * window.strides[i]! + window.outputPadding![i]! + extent(window, i) - output[i]!,
    );
    return window.autoPad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
  const taps = tapTable({ ...window, input: output, output: input, begin });
  const [inSize, outSize, kernelSize] = [sizeOf(input), sizeOf(output), sizeOf(window.kernel)];
  const data = new Float64Array(batch * outChannels * outSize);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < outChannels; o++) {
      const group = Math.floor(o / groupOut);
      const y = data.subarray((n * outChannels + o) * outSize, (n * outChannels + o + 1) * outSize);
      y.fill(bias?.data[o] ?? 0);
      for (let ch = (group * channels) / groups; ch < ((group + 1) * channels) / groups; ch++) {
        const image = x.data.subarray((n * channels + ch) * inSize);
        const kernel = w.data.subarray((ch * groupOut + (o % groupOut)) * kernelSize);
        for (let p = 0; p < inSize; p++) {
          for (let k = 0; k < kernelSize; k++) {
            const at = taps[p * kernelSize + k]!;
            if (at !== OUTSIDE) y[at]! += kernel[k]! * image[p]!;
          }
        }
      }
    }
  }
  return nd(x.dtype, [batch, outChannels, ...output], data);
}

export const CONV = { Conv: conv, ConvTranspose: convTranspose } as const satisfies Partial<Record<OpName, Kernel>>;
