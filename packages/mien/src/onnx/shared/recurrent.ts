/** The attributes of ONNX's recurrent ops (RNN, GRU, LSTM), resolved and checked. */
import { ShapeError } from '../../errors.ts';
import { attrNumber, attrString, type GraphNode } from '../graph.ts';

const ACTIVATIONS = ['Sigmoid', 'Tanh', 'Relu'] as const;
export type ActivationName = (typeof ACTIVATIONS)[number];

export interface RecurrentDirection {
  readonly reverse: boolean;
  /** RNN: f; GRU: f, g; LSTM: f, g, h. */
  readonly activations: readonly ActivationName[];
}

export interface RecurrentSettings {
  readonly directions: readonly RecurrentDirection[];
  /** GRU: the reset gate multiplies R·h + b instead of h. */
  readonly linearBeforeReset: boolean;
}

const DEFAULTS: Readonly<Record<string, readonly ActivationName[]>> = {
  RNN: ['Tanh'],
  GRU: ['Sigmoid', 'Tanh'],
  LSTM: ['Sigmoid', 'Tanh', 'Tanh'],
};

/** @throws {ShapeError} for what Mien does not support: clip, input_forget, batch-first layout, other activations */
export function recurrentSettings(node: Pick<GraphNode, 'op' | 'name' | 'attrs'>): RecurrentSettings {
  const graphNode = node as GraphNode;
  const fail = (reason: string): never => {
    throw new ShapeError(`${node.op} "${node.name}"`, reason);
  };
  if (attrNumber(graphNode, 'layout', 0) !== 0) fail('layout must be 0: x [T,N,I]');
  if (node.attrs['clip']) fail('clip is not supported');
  if (attrNumber(graphNode, 'input_forget', 0) !== 0) fail('input_forget is not supported');
  const direction = attrString(graphNode, 'direction', 'forward');
  const reverses =
    { forward: [false], reverse: [true], bidirectional: [false, true] }[direction] ??
    fail(`direction must be forward, reverse or bidirectional, got ${direction}`);
  const perDirection = DEFAULTS[node.op]!;
  const names =
    (node.attrs['activations']?.value as readonly string[] | undefined) ?? reverses.flatMap(() => perDirection);
  if (names.length !== perDirection.length * reverses.length)
    fail(`needs ${perDirection.length * reverses.length} activations, got ${names.join(', ')}`);
  const activations = names.map(
    (name) =>
      ACTIVATIONS.find((a) => a.toLowerCase() === name.toLowerCase()) ??
      fail(`activation ${name} is not one of ${ACTIVATIONS.join(', ')}`),
  );
  return {
    directions: reverses.map((reverse, d) => ({
      reverse,
      activations: activations.slice(d * perDirection.length, (d + 1) * perDirection.length),
    })),
    linearBeforeReset: attrNumber(graphNode, 'linear_before_reset', 0) !== 0,
  };
}
