/**
 * Networks of the literature, and those of this project.
 * @module
 */
export * from './alexnet.ts';
export * from './autoencoder.ts';
export * from './base-dcnn.ts';
export * from './wide.ts';
export * from './c3d.ts';
export * from './cnn-lstm.ts';
export * from './compact.ts';
export * from './deep-belief.ts';
export * from './deep-emotion.ts';
export * from './dtagn.ts';
export * from './face-inception.ts';
export * from './face-resnet.ts';
export * from './googlenet.ts';
export * from './ha-gan.ts';
export * from './landmark-autoencoder.ts';
export * from './latent-truth.ts';
export * from './linear-classifier.ts';
export * from './mobilenet.ts';
export * from './phrnn-mscnn.ts';
export * from './position-map.ts';
export * from './recentralized.ts';
export * from './resnet.ts';
export * from './shape-shading.ts';
export * from './vgg.ts';
export * from './zoo.ts';
export type { ImageNetworkOptions } from './options.ts';
