/**
 * The networks of the literature by name, each with the number of trained parameters that is published for it. A
 * network in this list is tested by standing in it (zoo.test.ts).
 */
import type { Network } from '../network.ts';
import { alexNet } from './alexnet.ts';
import { baseDcnn } from './base-dcnn.ts';
import { c3d } from './c3d.ts';
import { cnnLstm } from './cnn-lstm.ts';
import { googLeNet } from './googlenet.ts';
import { mobileNetV2 } from './mobilenet.ts';
import type { ImageNetworkOptions } from './options.ts';
import { resNet } from './resnet.ts';
import { ferPlusVgg13, vgg, vggFace } from './vgg.ts';

export interface ZooEntry {
  readonly make: (options: ImageNetworkOptions) => Network;
  /** Classes of the published network; all else by default. */
  readonly classes: number;
  /** Trained numbers of the published network, running statistics not counted. */
  readonly parameters: number;
  /** Where that number is from. */
  readonly source: string;
}

const TORCHVISION = 'torchvision 0.14, num_params of the weights';

export const ZOO = {
  alexnet: { make: alexNet, classes: 1000, parameters: 61_100_840, source: TORCHVISION },
  'vgg-13': { make: (o) => vgg({ ...o, depth: 13 }), classes: 1000, parameters: 133_047_848, source: TORCHVISION },
  'vgg-16': { make: (o) => vgg({ ...o, depth: 16 }), classes: 1000, parameters: 138_357_544, source: TORCHVISION },
  'vgg-face': {
    make: vggFace,
    classes: 2622,
    parameters: 145_002_878,
    source: 'VGG-16 with 2622 in place of 1000 classes: 138,357,544 + 1622·4097',
  },
  'vgg-13-ferplus': {
    make: ferPlusVgg13,
    classes: 8,
    parameters: 8_757_704,
    source: 'the layers of its figure 3: 3,504,576 in convolutions, 5,253,128 in linear layers',
  },
  googlenet: {
    make: (o) => googLeNet({ ...o, form: 'paper' }),
    classes: 1000,
    parameters: 6_998_552,
    source: 'bvlc_googlenet of Caffe without auxiliary classifiers',
  },
  'googlenet.batch-norm': {
    make: (o) => googLeNet({ ...o, form: 'batch-norm' }),
    classes: 1000,
    parameters: 6_624_904,
    source: TORCHVISION,
  },
  'resnet-18': { make: (o) => resNet({ ...o, depth: 18 }), classes: 1000, parameters: 11_689_512, source: TORCHVISION },
  'resnet-34': { make: (o) => resNet({ ...o, depth: 34 }), classes: 1000, parameters: 21_797_672, source: TORCHVISION },
  'resnet-50': { make: (o) => resNet({ ...o, depth: 50 }), classes: 1000, parameters: 25_557_032, source: TORCHVISION },
  'mobilenet-v2': { make: mobileNetV2, classes: 1000, parameters: 3_504_872, source: TORCHVISION },
  'base-dcnn': {
    make: baseDcnn,
    classes: 7,
    parameters: 74_943_591,
    source: 'its layers with one channel: 1,199,584 in convolutions, 73,744,007 in linear layers',
  },
  c3d: {
    make: c3d,
    classes: 487,
    parameters: 79_991_015,
    source: 'the layers of its figure 3; 78,409,573 with the 101 classes of UCF-101',
  },
  'cnn-lstm': {
    make: cnnLstm,
    classes: 7,
    parameters: 225_671,
    source:
      'its layers: 92,672 in convolutions, 132,096 in the LSTM (two biases, as PyTorch counts), 903 in the linear one',
  },
} as const satisfies Record<string, ZooEntry>;

export type ZooName = keyof typeof ZOO;
