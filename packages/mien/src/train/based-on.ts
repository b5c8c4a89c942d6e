/** A recipe on another network: an ONNX file, cut at a value, with a linear layer for each head of the recipe. */
import { decodeModelMetadata, MODEL_METADATA_KEY } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { formatNormalization, givesThreeChannels } from '../image/index.ts';
import { buildNetwork, globalAveragePool, importNetwork, linear } from '../nn/index.ts';
import type { Graph } from '../onnx/index.ts';
import type { Stage } from './card-parts.ts';
import { widthOf } from './heads.ts';
import type { Recipe } from './recipe.ts';

export interface BaseOptions {
  /** The value, or the node, where the base ends: features [N,D], or maps [N,C,H,W], which are averaged over H and W. */
  readonly cutAt: string;
  /** Side of the square input in px, where the file leaves it open. */
  readonly size?: number;
  /** The base stays as it is, and the heads alone learn. Default: it learns at a tenth of the heads' rate. */
  readonly frozen?: boolean;
  /** Mean of pixels/255, a number a channel. Default: a Mien model's own, else ImageNet's, or the recipe's for grey. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** The chain of models that ends in the base, for the card. */
  readonly stages: readonly Stage[];
}

/** What torchvision and most published networks normalise RGB by (Deng et al. 2009, ImageNet). */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
/** Share of the heads' rate: what is learned already moves slowly. */
const BASE_RATE = 0.1;
const WEIGHT_DECAY = 5e-4;

/**
 * @param graph read from the ONNX file   @param label names it in errors
 * @throws {InputError} when its input is not an image, or the recipe needs more of its network than logits; {MienError} as
 *   `importNetwork`
 */
export function basedOn(recipe: Recipe, graph: Graph, label: string, options: BaseOptions): Recipe {
  const needs = Object.keys(buildNetwork(recipe.network).outputs);
  const heads = recipe.heads.map(({ output }) => output);
  const more = needs.find((output) => !heads.includes(output));
  if (more !== undefined || recipe.bank)
    throw new InputError(label, `${recipe.id} needs the output ${more ?? recipe.bank?.output} of its own network`);
  const known = graph.metadata.has(MODEL_METADATA_KEY)
    ? decodeModelMetadata(label, graph.metadata).preprocess
    : undefined;
  const { channels, height, width } = imageInput(graph, label, options.size);
  const network = importNetwork(graph, {
    cutAt: options.cutAt,
    inputDims: [channels, height, width],
    head: (b, end) => {
      const features = end.shape.length === 4 ? globalAveragePool(b, end) : end;
      return Object.fromEntries(
        recipe.heads.map((head) => [
          head.output,
          linear(b, `head.${head.output}`, features, {
            features: widthOf(head),
            init: { kind: 'gaussian', std: 0.01 },
          }),
        ]),
      );
    },
  });
  const ofBase = new Set(network.parameterNames);
  const { cropFrom: _, ...own } = recipe.preprocess;
  const values = known ?? (channels === 3 ? IMAGENET : own);
  const steps = own.steps ?? known?.steps;
  if (channels === 1 && steps && givesThreeChannels(steps))
    throw new InputError(label, `takes grey images, and ${formatNormalization(steps)} gives three channels`);
  return {
    ...recipe,
    title: `${recipe.title}; on ${options.stages.at(-1)!.name}, cut at ${options.cutAt}`,
    base: options.stages,
    network,
    preprocess: {
      ...(known ? { framing: known.framing, ...(known.template ? { template: known.template } : {}) } : own),
      ...(steps ? { steps } : {}),
      width,
      height,
      channels: channels === 3 ? 'rgb' : 'grey',
      mean: [...(options.mean ?? values.mean)],
      std: [...(options.std ?? values.std)],
    },
    groups: [
      {
        match: (name) => ofBase.has(name),
        ...(options.frozen ? { frozen: 'layers' } : { lrScale: BASE_RATE, weightDecay: WEIGHT_DECAY }),
      },
      { match: () => true, weightDecay: WEIGHT_DECAY },
    ],
  };
}

function imageInput(
  graph: Graph,
  label: string,
  size: number | undefined,
): Record<'channels' | 'height' | 'width', number> {
  const [input] = graph.inputs;
  const [, channels, h, w] = input?.shape ?? [];
  const height = size ?? h;
  const width = size ?? w;
  const shape = `[${input?.shape.join(',') ?? ''}]`;
  if (input?.shape.length !== 4 || (channels !== 1 && channels !== 3))
    throw new InputError(label, `its input is ${shape}, expected images [N,1,H,W] or [N,3,H,W]`);
  if (typeof height !== 'number' || typeof width !== 'number')
    throw new InputError(label, `its input is ${shape}: say the size of the images`);
  return { channels, height, width };
}
