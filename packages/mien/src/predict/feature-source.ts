/**
 * Where features of images come from: a layer of a network, or a hand-crafted descriptor.
 * Shape legend: B images of a batch, D values of an image.
 */
import { imageFormat, type ImageFormat, type LabelledImages } from '../data/index.ts';
import { InputError } from '../errors.ts';
import { ALIGNED_SIDE, FEATURES, type ImageFeature } from '../features/index.ts';
import { rawImage, resize } from '../image/index.ts';
import { tensor, type Tensor } from '../tensor/index.ts';
import { FeatureExtractor, type FeatureExtractorOptions } from './feature-extractor.ts';

export interface FeatureSource {
  readonly name: string;
  /** The tensor of a network; null of a descriptor. */
  readonly layer: string | null;
  /** Of the model file; null of a descriptor. */
  readonly sha256: string | null;
  /** What image files are best brought to. */
  readonly format: ImageFormat;
  /** @returns float32 [B,D] after one another, in the order of the images */
  batches(images: LabelledImages): AsyncIterable<Tensor<'float32'>>;
  release(): Promise<void>;
}

/**
 * @param source the name of a descriptor (see `FEATURES`), or of a model as `FeatureExtractor.create` takes it
 * @throws {InputError} when there is no such source, or a descriptor is asked for a layer
 */
export async function openFeatureSource(source: string, options: FeatureExtractorOptions = {}): Promise<FeatureSource> {
  const feature = FEATURES.find(({ name }) => name === source);
  if (!feature) return networkSource(await FeatureExtractor.create(source, options));
  if (options.layer !== undefined) throw new InputError(source, `has no layers, so "${options.layer}" is none of it`);
  return descriptorSource(feature);
}

function networkSource(extractor: FeatureExtractor): FeatureSource {
  const { model, layer, sha256, preprocess } = extractor;
  return {
    name: model.name, layer, sha256,
    format: imageFormat(preprocess),
    batches: (images) => extractor.batches(images),
    release: () => extractor.release(),
  };
}

const BATCH = 64;

/** A descriptor of grey images, all brought to P4's 100×100 px. */
function descriptorSource(feature: ImageFeature): FeatureSource {
  const size = { width: ALIGNED_SIDE, height: ALIGNED_SIDE };
  const D = feature.size(size);
  return {
    name: feature.name, layer: null, sha256: null,
    format: { ...size, channels: 'grey' },
    async *batches({ images: { count, width, height, channels, pixels } }) {
      const bytes = width * height * channels;
      for (let start = 0; start < count; start += BATCH) {
        const B = Math.min(BATCH, count - start);
        const values = new Float32Array(B * D);
        for (let i = 0; i < B; i++) {
          const image = rawImage(width, height, channels, pixels.subarray((start + i) * bytes, (start + i + 1) * bytes));
          values.set(feature.extract(width === ALIGNED_SIDE && height === ALIGNED_SIDE ? image : resize(image, size)), i * D);
        }
        // Lets progress be drawn
        await new Promise(setImmediate);
        yield tensor('float32', [B, D], values);
      }
    },
    release: () => Promise.resolve(),
  };
}
