/**
 * Weight initialisers by name. fan_in = inputs to one unit, fan_out = units one input reaches:
 * dims [O,I,…k] (convolution, linear layers stored [out,in]) → fan_in = I·∏k, fan_out = O·∏k.
 */
import { Random, allocate, sizeOf, tensor, type Tensor } from '../tensor/index.ts';
import { MienError } from '../errors.ts';

export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  /** The values themselves, row-major. */
  | { readonly kind: 'values'; readonly values: ArrayLike<number> }
  /** N(0, std²). */
  | { readonly kind: 'gaussian'; readonly std: number }
  /** He et al. 2015 (MSRA): N(0, 2/fan_in), or 2/fan_out. */
  | { readonly kind: 'he'; readonly fan?: 'in' | 'out' }
  /** Glorot & Bengio 2010: U(±√(6/(fan_in + fan_out))). */
  | { readonly kind: 'xavier' };

export const ZEROS: Initializer = { kind: 'constant', value: 0 };
export const ONES: Initializer = { kind: 'constant', value: 1 };

/** @param name the parameter's name: its random stream */
export function initialize(init: Initializer, dims: readonly number[], seed: number, name: string): Tensor<'float32'> {
  const size = sizeOf(dims);
  const data = allocate('float32', size);
  const random = new Random(seed, `init/${name}`);
  const kernel = sizeOf(dims.slice(2));
  const fanIn = (dims[1] ?? 1) * kernel;
  const fanOut = (dims[0] ?? 1) * kernel;
  switch (init.kind) {
    case 'constant':
      data.fill(init.value);
      break;
    case 'values':
      if (init.values.length !== size) throw new MienError(`initial values of ${name}: expected ${size}, got ${init.values.length}`);
      data.set(init.values);
      break;
    case 'gaussian':
      for (let i = 0; i < size; i++) data[i] = init.std * random.normal();
      break;
    case 'he': {
      const std = Math.sqrt(2 / (init.fan === 'out' ? fanOut : fanIn));
      for (let i = 0; i < size; i++) data[i] = std * random.normal();
      break;
    }
    case 'xavier': {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      for (let i = 0; i < size; i++) data[i] = random.range(-limit, limit);
      break;
    }
  }
  return tensor('float32', dims, data);
}
