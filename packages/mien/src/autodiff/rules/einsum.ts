/**
 * Gradient rule of Einsum. With y = Σ Π xᵢ, the gradient of one input is the same kind of sum: dY times the other
 * inputs, over the labels that the input lacks. A label that stands in this input alone is expanded to its length.
 */
import { parseEinsum } from '../../onnx/index.ts';
import { ShapeError } from '../../errors.ts';
import { dimsOf, reshape, type GradientEntry } from '../rule.ts';

export const einsum = {
  Einsum: (g) => {
    const { b, node } = g;
    const equation = node.attrs['equation']!.value as string;
    const { inputs, output } = parseEinsum(
      equation,
      node.inputs.map((_, i) => g.x(i).shape.length),
    );
    return inputs.map((labels, i) => {
      if (!g.needs(i)) return null;
      if (new Set(labels).size !== labels.length)
        throw new ShapeError('Einsum', `equation "${equation}" takes a diagonal, which cannot be differentiated`);
      const others = inputs.flatMap((_, k) => (k === i ? [] : [k]));
      const known = labels.filter((l) => output.includes(l) || others.some((k) => inputs[k]!.includes(l)));
      const terms = [output, ...others.map((k) => inputs[k]!)].map((t) => t.join(''));
      const product = b.op('Einsum', [g.dy, ...others.map((k) => g.x(k))], {
        equation: `${terms.join(',')}->${known.join('')}`,
      });
      if (known.length === labels.length) return product;
      const found = dimsOf(product);
      const full = dimsOf(g.x(i));
      const withOnes = reshape(
        b,
        product,
        labels.map((l) => (known.includes(l) ? found[known.indexOf(l)]! : 1)),
      );
      return b.op('Expand', [withOnes, b.ints(full)]);
    });
  },
} satisfies Record<string, GradientEntry>;
