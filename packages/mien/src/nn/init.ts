/**
 * Weight initialisers by name. fan_in = inputs to one unit, fan_out = units one input reaches:
 * dims [O,I,…k] (convolution, linear layers stored [out,in]) → fan_in = I·∏k, fan_out = O·∏k.
 */
import { Random, allocate, sizeOf, tensor, type Tensor } from '../tensor/index.ts';
import { MienError } from '../errors.ts';
import { orthogonalRows } from './orthogonal.ts';

export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  /** The values themselves, row-major. */
  | { readonly kind: 'values'; readonly values: ArrayLike<number> }
  /** N(0, std²). */
  | { readonly kind: 'gaussian'; readonly std: number }
  /** U(−limit, limit). */
  | { readonly kind: 'uniform'; readonly limit: number }
  /** He et al. 2015 (MSRA): variance 2/fan_in, or 2/fan_out; normal unless said otherwise. */
  | { readonly kind: 'he'; readonly fan?: 'in' | 'out'; readonly distribution?: 'normal' | 'uniform' }
  /** Glorot & Bengio 2010: variance 2/(fan_in + fan_out); uniform unless said otherwise. */
  | { readonly kind: 'xavier'; readonly distribution?: 'normal' | 'uniform' }
  /** Saxe et al. 2014: as [O, I·∏k], orthonormal rows (columns where O is greater), times gain (default 1). */
  | { readonly kind: 'orthogonal'; readonly gain?: number }
  /** Two dimensions: scale (default 1) on the diagonal, 0 elsewhere. */
  | { readonly kind: 'identity'; readonly scale?: number };

export const ZEROS: Initializer = { kind: 'constant', value: 0 };
export const ONES: Initializer = { kind: 'constant', value: 1 };

/**
 * @param name the parameter's name: its random stream
 * @throws {MienError} when the initialiser does not fit the dimensions
 */
export function initialize(init: Initializer, dims: readonly number[], seed: number, name: string): Tensor<'float32'> {
  const size = sizeOf(dims);
  const data = allocate('float32', size);
  const random = new Random(seed, `init/${name}`);
  const kernel = sizeOf(dims.slice(2));
  const fanIn = (dims[1] ?? 1) * kernel;
  const fanOut = (dims[0] ?? 1) * kernel;
  const fill = (draw: () => number): void => {
    for (let i = 0; i < size; i++) data[i] = draw();
  };
  const uniform = (limit: number): void => fill(() => random.range(-limit, limit));
  const normal = (std: number): void => fill(() => std * random.normal());
  // U(±l) has the variance l²/3
  const withVariance = (variance: number, distribution: 'normal' | 'uniform'): void =>
    distribution === 'normal' ? normal(Math.sqrt(variance)) : uniform(Math.sqrt(3 * variance));
  switch (init.kind) {
    case 'constant':
      data.fill(init.value);
      break;
    case 'values':
      if (init.values.length !== size)
        throw new MienError(`initial values of ${name}: expected ${size}, got ${init.values.length}`);
      data.set(init.values);
      break;
    case 'gaussian':
      normal(init.std);
      break;
    case 'uniform':
      uniform(init.limit);
      break;
    case 'he':
      withVariance(2 / (init.fan === 'out' ? fanOut : fanIn), init.distribution ?? 'normal');
      break;
    case 'xavier':
      withVariance(2 / (fanIn + fanOut), init.distribution ?? 'uniform');
      break;
    case 'orthogonal': {
      if (dims.length < 2)
        throw new MienError(
          `orthogonal initial values of ${name}: at least two dimensions are needed, got [${dims.join(',')}]`,
        );
      const q = orthogonalRows(dims[0]!, fanIn, () => random.normal());
      for (let i = 0; i < size; i++) data[i] = (init.gain ?? 1) * q[i]!;
      break;
    }
    case 'identity':
      if (dims.length !== 2)
        throw new MienError(`identity initial values of ${name}: two dimensions are needed, got [${dims.join(',')}]`);
      for (let i = 0; i < Math.min(dims[0]!, dims[1]!); i++) data[i * dims[1]! + i] = init.scale ?? 1;
      break;
  }
  return tensor('float32', dims, data);
}
