/**
 * Where features of images come from: a layer of a network, a hand-crafted descriptor, or a face's landmarks.
 * Shape legend: B images of a batch, D values of an image.
 */
import type { ScalingKind } from '../classifiers/index.ts';
import { imageChunks, type LabelledImages } from '../data/index.ts';
import type { ImageFormat } from '../data/image-input.ts';
import { InputError } from '../errors.ts';
import { fivePointsOf, RAF_ALIGNMENT, pointsInAlignedFace } from '../face/index.ts';
import { ALIGNED_SIDE, FEATURES, SHAPE, SHAPE_POINTS, SHAPE_SIZE, type ImageFeature } from '../features/index.ts';
import { rawImage, resize } from '../image/index.ts';
import { tensor, type Tensor } from '../tensor/index.ts';
import { FeatureExtractor, type FeatureExtractorOptions } from './feature-extractor.ts';

export interface FeatureSource {
  readonly name: string;
  /** The tensor of a network; null of a descriptor. */
  readonly layer: string | null;
  /** Digest of the model file; null for a descriptor. */
  readonly sha256: string | null;
  /** What image files are best brought to. */
  readonly format: ImageFormat;
  /** @returns float32 [B,D] after one another, in the order of the images */
  batches(images: LabelledImages): AsyncIterable<Tensor<'float32'>>;
  /** The scaling that the source's paper gives its features; absent: a classifier's own. */
  readonly scaling?: ScalingKind;
  release(): Promise<void>;
}

/**
 * What images are brought to for descriptors and shape: Li & Deng's (2019) faces, aligned where the data have
 * landmarks.
 */
const RAF_FORMAT: ImageFormat = { ...RAF_ALIGNMENT.size, template: RAF_ALIGNMENT.template, channels: 'grey' };

/**
 * @param source the name of a descriptor (see `FEATURES`), `shape`, or of a model as `FeatureExtractor.create` takes it
 * @throws {InputError} when there is no such source, or one that is not a network is asked for a layer
 */
export async function openFeatureSource(source: string, options: FeatureExtractorOptions = {}): Promise<FeatureSource> {
  const feature = FEATURES.find(({ name }) => name === source);
  if (!feature && source !== SHAPE.name) return networkSource(await FeatureExtractor.create(source, options));
  if (options.layer !== undefined)
    throw new InputError(source, `is a descriptor, not a network: it has no layer "${options.layer}"`);
  return feature ? descriptorSource(feature) : SHAPE_SOURCE;
}

function networkSource(extractor: FeatureExtractor): FeatureSource {
  const { model, layer, sha256, format } = extractor;
  return {
    name: model.name,
    layer,
    sha256,
    format,
    batches: (images) => extractor.batches(images),
    release: () => extractor.release(),
  };
}

const BATCH = 64;

/** A descriptor of grey images, all brought to Li & Deng's (2019) 100×100 px. */
function descriptorSource(feature: ImageFeature): FeatureSource {
  const size = { width: ALIGNED_SIDE, height: ALIGNED_SIDE };
  const D = feature.size(size);
  return {
    name: feature.name,
    layer: null,
    sha256: null,
    format: RAF_FORMAT,
    async *batches(samples) {
      for await (const { table } of imageChunks(samples.imageSource, BATCH)) {
        const { count: B, width, height, channels, pixels } = table;
        const bytes = width * height * channels;
        const values = new Float32Array(B * D);
        for (let i = 0; i < B; i++) {
          const image = rawImage(width, height, channels, pixels.subarray(i * bytes, (i + 1) * bytes));
          values.set(
            feature.extract(width === ALIGNED_SIDE && height === ALIGNED_SIDE ? image : resize(image, size)),
            i * D,
          );
        }
        // Lets progress be drawn
        await new Promise(setImmediate);
        yield tensor('float32', [B, D], values);
      }
    },
    release: () => Promise.resolve(),
  };
}

/**
 * Differences of landmarks in the aligned face, px: RAF-DB's 37, or those that stand for them among 68 (Li & Deng 2019,
 * section V-A). They are scaled as its eq. 6 when a classifier is fitted, by the rows that train.
 */
const SHAPE_SOURCE: FeatureSource = {
  name: SHAPE.name,
  layer: null,
  sha256: null,
  format: RAF_FORMAT,
  scaling: 'two-sigma',
  async *batches({ ids, landmarks }) {
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      const values = new Float32Array(batch.length * SHAPE_SIZE);
      for (const [i, id] of batch.entries()) {
        const sets = (await landmarks?.(start + i)) ?? {};
        const points = sets[SHAPE_POINTS] ?? sets[68];
        const five = fivePointsOf(sets);
        if (!points || !five)
          throw new InputError(
            id,
            `has no ${SHAPE_POINTS} or 68 landmarks with five to align by, which ${SHAPE.name} needs`,
          );
        values.set(SHAPE.extract(pointsInAlignedFace(points, five)), i * SHAPE_SIZE);
      }
      yield tensor('float32', [batch.length, SHAPE_SIZE], values);
    }
  },
  release: () => Promise.resolve(),
};
