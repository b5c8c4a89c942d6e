/**
 * Gradient rules of RNN, GRU and LSTM nodes (backpropagation through time): through the cells written out as plain ops,
 * computed again. A network that is trained much is better built of such cells in the first place.
 */
import { expandRecurrent } from '../../onnx/index.ts';
import type { GradientEntry, GradientRule } from '../rule.ts';

const throughTime: GradientRule = (g) => g.through((inputs) => expandRecurrent(g.b, g.node, inputs));

export const recurrent = { RNN: throughTime, GRU: throughTime, LSTM: throughTime } satisfies Record<
  string,
  GradientEntry
>;
