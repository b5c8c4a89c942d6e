import { loadDataset } from 'mienjs/data/node';
import { EXPRESSIONS_7 } from 'mienjs/labels';
import { importNetwork, linear } from 'mienjs/nn';
import { crossEntropyLoss } from 'mienjs/nn/losses';
import { readModelFile } from 'mienjs/onnx/node';
import { adamW, constant } from 'mienjs/optim';
import { fit, type FitResult } from 'mienjs/train';

/**
 * Fine-tunes a ResNet-18 that PyTorch exported on FER2013.
 * @param model the .onnx file   @param csv fer2013.csv   @param out a folder for checkpoints and the new .onnx file
 */
export async function fineTune(model: string, csv: string, out: string): Promise<FitResult> {
  const network = importNetwork(await readModelFile(model), {
    cutAt: '/Flatten_output_0', // the pooled features, [N,D]
    inputDims: [1, 48, 48],
    head: (b, features) => ({ logits: linear(b, 'head', features, { features: EXPRESSIONS_7.length }) }),
    statistics: 'batch',
  });
  return fit(
    {
      id: 'resnet18.fer2013',
      title: 'ResNet-18, fine-tuned',
      network,
      data: { dataset: 'fer2013', trainSplit: 'Training', validationSplit: 'PublicTest' },
      heads: [{ output: 'logits', classes: EXPRESSIONS_7, target: 'label', trainedOn: 'fer2013' }],
      loss: (b, outputs, targets) => crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
      groups: [
        // the first that matches counts
        { match: (name) => /^(conv1|bn1|layer1)\./.test(name), frozen: 'layers' }, // with its running statistics
        { match: (name) => !name.startsWith('head.'), lrScale: 0.1, weightDecay: 0.01 }, // slow
      ],
      preprocess: {
        width: 48,
        height: 48,
        channels: 'grey',
        mean: [0.508],
        std: [0.255],
        framing: 'fer2013',
        template: {
          leftEye: [0.7, 0.38],
          rightEye: [0.3, 0.38],
          noseTip: [0.5, 0.58],
          mouthLeft: [0.66, 0.76],
          mouthRight: [0.34, 0.76],
        },
      },
      augment: { flip: 0.5 },
      optimizer: adamW(),
      lr: 1e-3,
      schedule: constant,
      epochs: 2,
      batchSize: 16,
      seed: 1,
      expected: [],
    },
    { dataset: await loadDataset('fer2013', csv), out },
  );
}
