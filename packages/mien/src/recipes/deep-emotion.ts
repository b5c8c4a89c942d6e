/**
 * Deep-Emotion on each database of its paper: FER2013's and FER+'s labels, CK+, JAFFE and FERG.
 *
 * The paper gives 70.02 % on "FER2013"; the row sums of its own confusion matrix fit the plural vote of FER+'s annotators
 * for the 7 expressions without contempt (3,573 images of PrivateTest), not FER2013's labels: the recipe
 * `deep-emotion.ferplus-plurality-7` is the one that its figure belongs to.
 */
import { EXPRESSIONS_7, EXPRESSIONS_7_CONTEMPT, EXPRESSIONS_8, type Expression } from '../labels/index.ts';
import { crossEntropyLoss, l2Penalty } from '../nn/losses/index.ts';
import { DEEP_EMOTION_REGULARIZED, deepEmotion, type DeepEmotionOptions } from '../nn/models/index.ts';
import { adam, oneCycle } from '../optim/index.ts';
import { labelHead } from '../train/heads.ts';
import type { ExpectedResult, Recipe, RecipeFamily } from '../train/index.ts';
import { FER2013_FRAMING, ferSplits } from './framing.ts';

const PAPER =
  'Minaee & Abdolrashidi, Deep-Emotion: Facial Expression Recognition Using Attentional Convolutional Network, 2019';
const AS_IN_THE_PAPER =
  'As in the paper: layers, N(0, 0.05²) start, Adam, penalty on the last two layers, training from scratch. ' +
  'Not given in the paper and chosen here: batch size, penalty weight, augmentation, a one-cycle learning rate instead of a constant 0.005, and fewer epochs than its 500.';

/** λ of the penalty, which the paper tunes on the validation set and does not give, and the share that is dropped. */
export interface DeepEmotionSetting {
  readonly lambda: number;
  readonly dropout: number;
}
const SETTING: DeepEmotionSetting = { lambda: 5e-4, dropout: 0.2 };

interface Variant extends Pick<Recipe, 'id' | 'title' | 'data'>, Partial<Omit<Recipe, 'id' | 'title' | 'data'>> {
  readonly classes: readonly Expression[];
  readonly stnMode?: DeepEmotionOptions['stnMode'];
  /** The labels alone, as the paper has it, also where the data have distributions. */
  readonly hard?: boolean;
  readonly setting?: DeepEmotionSetting;
}

function recipe({ classes, stnMode = 'features', hard, setting = SETTING, ...rest }: Variant): Recipe {
  const { lambda, dropout } = setting;
  return {
    paper: PAPER,
    notes: AS_IN_THE_PAPER,
    network: deepEmotion({ classes: classes.length, stnMode, dropout }),
    heads: [{ ...labelHead('logits', classes, rest.data.dataset), ...(hard ? { learn: 'label' } : {}) }],
    loss: (b, outputs, targets) =>
      b.op('Add', [
        crossEntropyLoss(b, outputs['logits']!, targets['logits']!),
        l2Penalty(
          b,
          DEEP_EMOTION_REGULARIZED.map((name) => b.parameters.get(name)!.value),
          { lambda },
        ),
      ]),
    preprocess: FER2013_FRAMING,
    augment: { flip: 0.5, shift: 0.06, rotationDeg: 10, scale: [0.9, 1.1], brightness: 0.1, contrast: 0.15 },
    optimizer: adam(),
    lr: 0.005,
    schedule: oneCycle({ peakAt: 0.15, start: 0.1, end: 1e-3 }),
    epochs: 40,
    batchSize: 128,
    clipNorm: 5,
    emaDecay: 0.998,
    seed: 1,
    expected: [],
    ...rest,
  };
}

const WEIGHTS =
  ' The weights of 0.1.0: FER+ 20 epochs; FER2013 20, lengthened on resuming to 40 and then to 50, each of which moved the learning-rate schedule.';

const FER2013_EXPECTED: readonly ExpectedResult[] = [
  {
    dataset: 'fer2013',
    split: 'PublicTest',
    accuracy: 0.55,
    source: 'what public re-implementations reach: 0.47 to 0.55',
  },
];
/** The label set that the paper's figure fits, though on another split. */
const PLURALITY_EXPECTED: readonly ExpectedResult[] = [
  {
    dataset: 'ferplus-plurality-7',
    split: 'PublicTest',
    accuracy: 0.7002,
    source:
      'the paper: 70.02 % "on FER2013"; its confusion matrix has the counts of FER+ by plural vote without contempt, on the 3,573 images of PrivateTest',
  },
];

const onFer2013 = (setting?: DeepEmotionSetting): Recipe =>
  recipe({
    id: 'deep-emotion.fer2013',
    title: 'Deep-Emotion on fer2013',
    notes: `${AS_IN_THE_PAPER}${WEIGHTS}${setting ? ` λ = ${setting.lambda}, dropout ${setting.dropout}.` : ''}`,
    data: ferSplits('fer2013'),
    classes: EXPRESSIONS_7,
    ...(setting ? { setting } : {}),
    expected: FER2013_EXPECTED,
  });

export const deepEmotionFer2013 = onFer2013(SETTING);

export const deepEmotionFerPlus = recipe({
  id: 'deep-emotion.ferplus',
  title: 'Deep-Emotion on ferplus',
  notes: `${AS_IN_THE_PAPER} It learns the distributions of the votes, where the paper has one label an image (deep-emotion.ferplus-plurality-7 does that).${WEIGHTS}`,
  data: ferSplits('ferplus'),
  classes: EXPRESSIONS_8,
  expected: PLURALITY_EXPECTED,
});

/** The paper's own label set, with one label an image. */
export const deepEmotionPlurality7 = recipe({
  id: 'deep-emotion.ferplus-plurality-7',
  title: 'Deep-Emotion on FER+ by plural vote, one label an image',
  data: ferSplits('ferplus-plurality-7'),
  classes: EXPRESSIONS_7,
  hard: true,
  expected: PLURALITY_EXPECTED,
});

/** The paper's text warps the input image; its figure the features, as the other recipes do. */
export const deepEmotionInputPlurality7 = recipe({
  id: 'deep-emotion.input.ferplus-plurality-7',
  title: 'Deep-Emotion that warps its input, on FER+ by plural vote',
  notes: `${AS_IN_THE_PAPER} The transformer warps the input image, as the text of the paper says; its figure warps the features.`,
  data: ferSplits('ferplus-plurality-7'),
  classes: EXPRESSIONS_7,
  stnMode: 'input',
  hard: true,
  expected: PLURALITY_EXPECTED,
});

/**
 * For a database that a protocol splits. With some hundred images there are few steps: more epochs, small batches,
 * and no average of weights, which would stay near its start.
 */
const onProtocol = (
  dataset: string,
  classes: readonly Expression[],
  protocol: string,
  beside: string,
  accuracy: string,
  more: Partial<Recipe> = { epochs: 200, batchSize: 16, lr: 2e-3 },
): Recipe => {
  const { emaDecay: _, ...made } = recipe({
    id: `deep-emotion.${dataset}`,
    title: `Deep-Emotion on ${dataset}, in its paper's splits`,
    notes: `${AS_IN_THE_PAPER} The paper has ${accuracy} with people on both sides; \`--protocol ${beside}\` gives the figure for people who were not trained on.`,
    data: { dataset, trainSplit: 'train', validationSplit: 'validation' },
    classes,
    hard: true,
    protocol,
    ...more,
  });
  return made;
};

export const deepEmotionCkPlus = onProtocol(
  'ck-plus',
  EXPRESSIONS_7_CONTEMPT,
  'ck-plus.images.7c',
  'ck-plus.10-fold.7c-last',
  '98.0 %',
);
export const deepEmotionJaffe = onProtocol('jaffe', EXPRESSIONS_7, 'jaffe.images.7', 'jaffe.loso.7', '92.8 %');
export const deepEmotionFerg = onProtocol('ferg', EXPRESSIONS_7, 'ferg.images.7', 'ferg.loso.7', '99.3 %', {});

/** The paper tunes λ on the validation set: `mien sweep` does. */
export const deepEmotionFamily: RecipeFamily<{ lambda: number; dropout: number }> = {
  id: deepEmotionFer2013.id,
  title: 'Deep-Emotion',
  parameters: { ...SETTING },
  make: onFer2013,
};
