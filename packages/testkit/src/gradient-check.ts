import { sizeOf, tensor, toNumbers, type Tensor } from 'mienjs/tensor';

/**
 * The gradient of a scalar function by central differences in float64,
 *   ∂f/∂xᵢ ≈ (f(x + ε·eᵢ) − f(x − ε·eᵢ)) / 2ε.
 * With ε = 1e-5 the error is about ε²·f‴/6 + 1e-16·|f|/ε, near 1e-10 for values of size 1.
 * @param evaluate gets the inputs with float ones as float64
 * @param index which input to differentiate in
 * @returns float64, the shape of that input
 */
export function centralDifferences(
  evaluate: (inputs: readonly Tensor[]) => number,
  inputs: readonly Tensor[],
  index: number,
  epsilon = 1e-5,
): Tensor<'float64'> {
  const precise = inputs.map((t) =>
    t.dtype === 'float32' || t.dtype === 'float64' ? tensor('float64', t.dims, Float64Array.from(toNumbers(t))) : t,
  );
  const x = precise[index];
  if (x?.dtype !== 'float64')
    throw new Error(`centralDifferences: input ${index} must be a float tensor, got ${x?.dtype ?? 'nothing'}`);
  const values = x.data as Float64Array;
  const gradient = new Float64Array(sizeOf(x.dims));
  for (let i = 0; i < gradient.length; i++) {
    const at = values[i]!;
    values[i] = at + epsilon;
    const above = evaluate(precise);
    values[i] = at - epsilon;
    const below = evaluate(precise);
    values[i] = at;
    gradient[i] = (above - below) / (2 * epsilon);
  }
  return tensor('float64', x.dims, gradient);
}
