/**
 * Start weights from another model: the tensors whose names and shapes the network has, and of the classifiers the rows
 * of the classes that both know, whatever their order and number.
 */
import { decodeModelMetadata, MODEL_METADATA_KEY, type ModelHead } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { buildNetwork, type Network } from '../nn/index.ts';
import { constantOf, linearLayerOf, type Graph } from '../onnx/index.ts';
import { float32, tensor, toNumbers, type Tensor } from '../tensor/index.ts';
import { classesHeads, type ClassesHead, type Head } from './heads.ts';

export interface InitialWeights {
  /** For `FitOptions.weights`: those that fit, float32. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Parameters of the network, with statistics, that keep their seeded values, and why. */
  readonly left: readonly { readonly name: string; readonly reason: string }[];
  /** Heads whose classifier was matched by the names of the classes. */
  readonly heads: readonly MatchedHead[];
}

export interface MatchedHead {
  readonly output: string;
  /** The model's output that it starts from. */
  readonly from: string;
  /** Classes that keep their seeded weights. */
  readonly seeded: readonly string[];
}

/** What of a recipe says where its weights may start. */
export interface Starting {
  readonly network: Network;
  readonly heads: readonly Head[];
}

/**
 * A model of Mien says its classes, so that its classifiers are matched by them: each head takes the output that shares
 * most classes with it. Other ONNX files are matched by names and shapes alone.
 * @param model read from an ONNX file   @param label names it in errors
 * @param options `seed` draws the weights of classes that the model does not know
 * @throws {InputError} when nothing fits
 */
export function initialWeights(
  recipe: Starting,
  model: Graph,
  label: string,
  { seed = 0 }: { readonly seed?: number } = {},
): InitialWeights {
  const { network } = recipe;
  const heads = classesHeads(recipe);
  const { b, outputs } = buildNetwork(network, { seed });
  const weights = new Map<string, Tensor>();
  const left: { name: string; reason: string }[] = [];
  const matched: MatchedHead[] = [];
  const settled = new Set<string>();

  const theirs = model.metadata.has(MODEL_METADATA_KEY) ? decodeModelMetadata(label, model.metadata).model.heads : [];
  for (const head of theirs.length > 0 ? heads : []) {
    const own = linearLayerOf(b.graph, outputs[head.output]?.name);
    const initial = own && b.parameters.get(own.weight)?.initial;
    if (!initial) continue;
    const names = [own.weight, ...(own.bias === undefined ? [] : [own.bias])];
    names.forEach((name) => settled.add(name));
    const source = sourceOf(head, theirs, model, initial.dims[1]!);
    if (!source) {
      left.push(...names.map((name) => ({ name, reason: `no classifier there has ${head.classes.join(' or ')}` })));
      continue;
    }
    const places = head.classes.map((c) => source.head.classes.indexOf(c));
    names.forEach((name, i) => weights.set(name, withRows(b.parameters.get(name)!.initial, source.rows[i], places)));
    const seeded = head.classes.filter((_, k) => places[k]! < 0);
    matched.push({ output: head.output, from: source.head.output, seeded });
  }

  for (const [name, { value }] of b.parameters) {
    if (settled.has(name)) continue;
    const t = constantOf(model, name);
    if (!t) left.push({ name, reason: 'not there' });
    else if (!t.dtype.startsWith('float')) left.push({ name, reason: `${t.dtype} there` });
    else if (t.dims.join() !== value.shape.join())
      left.push({ name, reason: `[${t.dims.join(',')}] there, [${value.shape.join(',')}] here` });
    else weights.set(name, t.dtype === 'float32' ? t : tensor('float32', t.dims, Float32Array.from(toNumbers(t))));
  }
  if (weights.size === 0) {
    // The networks of a joined model are scopes of it
    const inside = [...model.initializers.keys()]
      .map((name) => name.replace(/:half$/, ''))
      .find((name) => left.some((own) => name.endsWith(`.${own.name}`)));
    throw new InputError(
      label,
      `has no tensor of a name and shape that ${network.name} has, such as "${left[0]?.name ?? ''}"${inside === undefined ? '' : `; it has "${inside}", of a network that is joined in it: start from that one's own file`}`,
    );
  }
  return { weights, left, heads: matched };
}

/** The model's classifier on as many features that shares most classes with the head; of equals the one of its name. */
function sourceOf(
  { output, classes }: ClassesHead,
  theirs: readonly ModelHead[],
  model: Graph,
  features: number,
): { head: ModelHead; rows: (Tensor | undefined)[] } | undefined {
  const candidates = theirs.flatMap((head) => {
    const shared = head.classes.filter((c) => classes.includes(c)).length;
    const layer = linearLayerOf(model, head.output);
    const weight = layer && constantOf(model, layer.weight);
    if (shared === 0 || weight?.dims.join() !== [head.classes.length, features].join()) return [];
    const bias = layer?.bias === undefined ? undefined : constantOf(model, layer.bias);
    return [{ head, shared, rows: [weight, bias] }];
  });
  const [best] = candidates.sort(
    (a, b) => b.shared - a.shared || Number(b.head.output === output) - Number(a.head.output === output),
  );
  return best;
}

/** `own` [K,…] with the rows of `source` at `places`, −1 for none. */
function withRows(own: Tensor, source: Tensor | undefined, places: readonly number[]): Tensor {
  if (!source) return own;
  const data = Float32Array.from(toNumbers(own));
  const values = toNumbers(source);
  const width = data.length / places.length;
  places.forEach((place, k) => {
    for (let j = 0; place >= 0 && j < width; j++) data[k * width + j] = values[place * width + j]!;
  });
  return float32(own.dims, data);
}
