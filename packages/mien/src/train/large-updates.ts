/**
 * Large parameters (a wide linear layer, say) are updated in place, piece by piece, by a small graph of the same update
 * rule: passed through the step's graph, the next value of each would be another tensor of its size, written, copied
 * out of the runtime and thrown away at each step. A piece fits into the processor's cache, so that memory is read and
 * written once.
 *
 * The gradient of a linear layer's weights, Σₙ dY[n,o]·X[n,d], has O·D numbers but comes from N·(O + D): the step then
 * gives the two factors, and each piece multiplies its own rows. It is never in memory as a whole.
 *
 * Legend: N batch, O and D output and input features, n numbers or rows of a piece.
 */
import { GraphBuilder, attrNumber, staticDims, type Graph, type Value } from '../onnx/index.ts';
import { encodeModel } from '../onnx/protobuf.ts';
import { squaredNorm, type Optimizer } from '../optim/index.ts';
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { sizeOf, tensor, type Tensor } from '../tensor/index.ts';

/** Numbers of a piece. */
const PIECE = 2 ** 18;
/** Numbers of a piece whose gradient is a product: its right factor is read once for each piece. */
const PRODUCT_PIECE = 2 ** 21;

/** Outputs of the step that make up a gradient: itself, or left [O,N] and right [N,D] whose product it is. */
export type LargeGradient =
  | { readonly kind: 'whole'; readonly output: string }
  | { readonly kind: 'product'; readonly left: string; readonly right: string };

/** The update of one large parameter. */
export interface LargeUpdate {
  readonly parameter: string;
  /** Names of its optimiser's state among the carried tensors. */
  readonly stateNames: readonly string[];
  readonly gradient: LargeGradient;
  readonly optimizer: Optimizer;
  readonly weightDecay: number;
  readonly lrScale: number;
  /** Whether the gradient is to be scaled by the step's output `clip`. */
  readonly clipped: boolean;
  readonly ema?: { readonly name: string; readonly decay: number };
}

/**
 * Makes the gradient of a parameter an output of the step's graph, as factors where those are smaller.
 * @param isOnlyUse whether no other parameter has the same value as its gradient
 */
export function giveGradient(
  b: GraphBuilder,
  parameter: Value,
  gradient: Value,
  isOnlyUse: boolean,
): { gradient: LargeGradient; squaredNorm: () => Value } {
  const name = parameter.name;
  const at = b.graph.nodes.findIndex((node) => node.outputs[0] === gradient);
  const node = b.graph.nodes[at];
  const [dY, x] = node?.inputs ?? [];
  const isProduct =
    node?.op === 'Gemm' &&
    dY &&
    x &&
    !node.inputs[2] &&
    attrNumber(node, 'transA', 0) === 1 &&
    attrNumber(node, 'transB', 0) === 0 &&
    attrNumber(node, 'alpha', 1) === 1;
  if (isProduct) {
    const [n, o] = staticDims(dY.shape, name) as [number, number];
    const d = staticDims(x.shape, name)[1]!;
    const unused = isOnlyUse && b.graph.nodes.every((other) => other === node || !other.inputs.includes(gradient));
    if (unused && n * (o + d) < (o * d) / 2) {
      b.graph.nodes.splice(at, 1);
      const left = b.output(b.op('Transpose', [dY], { perm: [1, 0] }), `${name}_grad:left`);
      const right = b.output(x, `${name}_grad:right`);
      // ‖L·R‖² = Σ (LᵀL)∘(RRᵀ), two products of N×N
      const gram = (v: Value, rows: 0 | 1): Value => b.op('Gemm', [v, v, null], { transA: rows, transB: 1 - rows });
      return {
        gradient: { kind: 'product', left: left.name, right: right.name },
        squaredNorm: () => b.op('ReduceSum', [b.op('Mul', [gram(dY, 0), gram(x, 0)])], { keepdims: 0 }),
      };
    }
  }
  return {
    gradient: { kind: 'whole', output: b.output(gradient, `${name}_grad`).name },
    squaredNorm: () => squaredNorm(b, gradient),
  };
}

/** The graph of the update of one piece; numbers of any shape, the same in all its tensors. */
function pieceGraph(u: LargeUpdate): Graph {
  const b = new GraphBuilder('update');
  const scalar = (name: string): Value => b.input(name, 'float32', []);
  const product = u.gradient.kind === 'product';
  const shape = product ? ['n', 'D'] : ['n'];
  const parameter = b.input('parameter', 'float32', shape);
  let gradient = product
    ? b.op('MatMul', [b.input('left', 'float32', ['n', 'N']), b.input('right', 'float32', ['N', 'D'])])
    : b.input('gradient', 'float32', shape);
  if (u.clipped) gradient = b.op('Mul', [gradient, scalar('clip')]);
  const lr = scalar('lr');
  const next = u.optimizer.update(b, {
    parameter,
    gradient,
    lr: u.lrScale === 1 ? lr : b.op('Mul', [lr, u.lrScale]),
    weightDecay: u.weightDecay,
    state: u.stateNames.map((_, i) => b.input(`state${i}`, 'float32', shape)),
    scalars: Object.fromEntries(Object.keys(u.optimizer.scalarsAt(1)).map((s) => [s, scalar(`optimizer.${s}`)])),
  });
  b.output(next.parameter, 'parameter:next');
  next.state.forEach((s, i) => b.output(s, `state${i}:next`));
  if (product) foldIntoProduct(b.graph);
  if (u.ema)
    b.output(
      b.op('Add', [
        b.op('Mul', [b.input('ema', 'float32', shape), u.ema.decay]),
        b.op('Mul', [next.parameter, 1 - u.ema.decay]),
      ]),
      'ema:next',
    );
  return b.graph;
}

/**
 * L·R + c·T becomes Gemm(L, R, T; β = c), one pass over memory instead of three: what momentum and weight decay look
 * like. The first such sum that the product goes into, and only there.
 */
function foldIntoProduct(graph: Graph): void {
  const { nodes, initializers } = graph;
  const product = nodes.find((node) => node.op === 'MatMul')!;
  const users = nodes.filter((node) => node.inputs.includes(product.outputs[0]!));
  const [sum] = users;
  if (users.length !== 1 || sum?.op !== 'Add') return;
  const scaled = nodes.find((node) => node.op === 'Mul' && node !== product && sum.inputs.includes(node.outputs[0]!));
  const factor = scaled?.inputs[1] && initializers.get(scaled.inputs[1].name);
  if (!scaled?.inputs[0] || !factor || sizeOf(factor.dims) !== 1) return;
  const gemm = {
    ...sum,
    op: 'Gemm',
    inputs: [...product.inputs, scaled.inputs[0]],
    attrs: { beta: { kind: 'float', value: Number(factor.data[0]) } },
  } as const;
  nodes.splice(
    0,
    nodes.length,
    ...nodes.filter((node) => node !== product && node !== scaled).map((node) => (node === sum ? gemm : node)),
  );
}

/** Updates large parameters in place. */
export class LargeUpdater {
  readonly #sessions = new Map<LargeUpdate, Session>();

  /** If one cannot be loaded, `release` frees those before it. */
  async load(updates: readonly LargeUpdate[], options: SessionOptions): Promise<void> {
    // One session for all parameters whose rule is the same
    const byRule = new Map<string, Session>();
    const optimizers = [...new Set(updates.map((u) => u.optimizer))];
    for (const u of updates) {
      const key = JSON.stringify([
        u.gradient.kind,
        optimizers.indexOf(u.optimizer),
        u.weightDecay,
        u.lrScale,
        u.clipped,
        u.ema?.decay,
      ]);
      const session =
        byRule.get(key) ?? (await createSession(encodeModel(pieceGraph(u)), options, 'update of a large parameter'));
      byRule.set(key, session);
      this.#sessions.set(u, session);
    }
  }

  /**
   * Updates every large parameter: writes into the tensors of `state`.
   * @param state carried tensors by name   @param outputs of the step: gradients, `clip`
   * @param step t = 1, 2, … of the optimisers
   */
  async run(
    state: ReadonlyMap<string, Tensor>,
    outputs: Readonly<Record<string, Tensor>>,
    lr: number,
    step: number,
  ): Promise<void> {
    for (const [u, session] of this.#sessions) {
      const scalars: Record<string, Tensor> = { lr: number(lr) };
      if (u.clipped) scalars['clip'] = outputs['clip']!;
      for (const [name, value] of Object.entries(u.optimizer.scalarsAt(step)))
        scalars[`optimizer.${name}`] = number(value);
      const carried = new Map<string, Tensor>([
        ['parameter', state.get(u.parameter)!],
        ...u.stateNames.map((s, i): [string, Tensor] => [`state${i}`, state.get(s)!]),
      ]);
      if (u.ema) carried.set('ema', state.get(u.ema.name)!);
      for (const piece of pieces(u, state.get(u.parameter)!, outputs)) {
        const views = [...carried].map(([name, t]): [string, Tensor] => [name, piece.view(t)]);
        const into = Object.fromEntries(views.map(([name, view]) => [`${name}:next`, view]));
        await session.run({ ...scalars, ...piece.gradient, ...Object.fromEntries(views) }, Object.keys(into), into);
      }
    }
  }

  async release(): Promise<void> {
    for (const session of new Set(this.#sessions.values())) await session.release();
  }
}

interface Piece {
  /** This piece's part of a tensor of the parameter's shape, in the same memory. */
  readonly view: (t: Tensor) => Tensor;
  readonly gradient: Readonly<Record<string, Tensor>>;
}

/** The pieces of a parameter: runs of numbers, or of whole rows where the gradient is a product. */
function* pieces(
  { gradient }: LargeUpdate,
  parameter: Tensor,
  outputs: Readonly<Record<string, Tensor>>,
): Generator<Piece> {
  if (gradient.kind === 'whole') {
    const size = sizeOf(parameter.dims);
    for (let from = 0; from < size; from += PIECE) {
      const to = Math.min(size, from + PIECE);
      const view = (t: Tensor): Tensor => part(t, from, to, [to - from]);
      yield { view, gradient: { gradient: view(outputs[gradient.output]!) } };
    }
    return;
  }
  const [left, right] = [outputs[gradient.left]!, outputs[gradient.right]!];
  const [o, n] = left.dims as [number, number];
  const d = right.dims[1]!;
  const rows = Math.max(1, Math.floor(PRODUCT_PIECE / d));
  for (let from = 0; from < o; from += rows) {
    const to = Math.min(o, from + rows);
    yield {
      view: (t) => part(t, from * d, to * d, [to - from, d]),
      gradient: { left: part(left, from * n, to * n, [to - from, n]), right },
    };
  }
}

const part = (t: Tensor, from: number, to: number, dims: readonly number[]): Tensor =>
  tensor('float32', dims, (t.data as Float32Array).subarray(from, to));
const number = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));
