/** Start weights from another model: the tensors whose names and shapes the network has. */
import { InputError } from '../errors.ts';
import { buildNetwork, type Network } from '../nn/index.ts';
import { constantOf, type Graph } from '../onnx/index.ts';
import { tensor, toNumbers, type Tensor } from '../tensor/index.ts';

export interface InitialWeights {
  /** For `FitOptions.weights`: those that fit, float32. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Parameters of the network, with statistics, that keep their seeded values, and why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * @param model read from an ONNX file   @param label names it in errors
 * @throws {InputError} when nothing fits
 */
export function initialWeights(network: Network, model: Graph, label: string): InitialWeights {
  const { b } = buildNetwork(network);
  const weights = new Map<string, Tensor>();
  const left: { name: string; reason: string }[] = [];
  for (const [name, { value }] of b.parameters) {
    const t = constantOf(model, name);
    if (!t) left.push({ name, reason: 'not there' });
    else if (!t.dtype.startsWith('float')) left.push({ name, reason: `${t.dtype} there` });
    else if (t.dims.join() !== value.shape.join())
      left.push({ name, reason: `[${t.dims.join(',')}] there, [${value.shape.join(',')}] here` });
    else weights.set(name, t.dtype === 'float32' ? t : tensor('float32', t.dims, Float32Array.from(toNumbers(t))));
  }
  if (weights.size === 0)
    throw new InputError(
      label,
      `has no tensor of a name and shape that ${network.name} has, such as "${left[0]?.name ?? ''}"`,
    );
  return { weights, left };
}
