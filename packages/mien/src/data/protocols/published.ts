/**
 * What papers report under a protocol, to stand beside one's own figures. Protocols fill in what papers leave open, so
 * that equal conditions are likely, not certain.
 */

/** One published result, in percent as it was printed. */
export interface PublishedResult {
  readonly method: string;
  readonly accuracy?: number;
  /** Mean of the confusion matrix's diagonal. */
  readonly meanAccuracy?: number;
  /** Where it is printed. */
  readonly source: string;
}

const STATIC = 'Li & Deng 2020, Table 3';
const DYNAMIC = 'Li & Deng 2020, Table 5';
const RAF_V = 'Li & Deng 2019, Table V';
const RAF_VI = 'Li & Deng 2019, Table VI';
const RAF_IX = 'Li & Deng 2019, Table IX';
const DEEP_EMOTION = 'Minaee & Abdolrashidi 2019';

type Figures = readonly [method: string, accuracy?: number | undefined, meanAccuracy?: number];

const from = (source: string, ...results: readonly Figures[]): PublishedResult[] =>
  results.map(([method, accuracy, meanAccuracy]) => ({
    method,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(meanAccuracy === undefined ? {} : { meanAccuracy }),
    source,
  }));

const RAF_BASIC: readonly PublishedResult[] = [
  ...from(
    `${RAF_V} and section V-A`,
    ['shape, SVM', 66.82, 50.52],
    ['LBP, SVM', 72.71, 55.98],
    ['HOG, SVM', 74.35, 58.45],
    ['Gabor, SVM', 77.28, 65.12],
    ['shape, LDA', undefined, 42.87],
    ['LBP, LDA', undefined, 50.97],
    ['HOG, LDA', undefined, 51.36],
    ['Gabor, LDA', undefined, 56.93],
  ),
  ...from(
    RAF_VI,
    ['VGG, SVM', 70.53, 58.22],
    ['AlexNet, SVM', 68.9, 55.6],
    ['baseDCNN, SVM', 82.86, 72.42],
    ['center loss, SVM', 83.68, 72.87],
    ['DLP-CNN, SVM', 84.13, 74.2],
    ['DLP-CNN, LDA', 79.95, 70.98],
  ),
];

const RAF_COMPOUND: readonly PublishedResult[] = [
  ...from(
    `${RAF_V} and section V-A`,
    ['LBP, SVM', 45.51, 28.84],
    ['HOG, SVM', 51.89, 33.65],
    ['Gabor, SVM', 53.54, 35.76],
  ),
  ...from(
    RAF_VI,
    ['VGG, SVM', 49.62, 31.63],
    ['AlexNet, SVM', 45.45, 28.22],
    ['baseDCNN, SVM', 56.69, 40.17],
    ['center loss, SVM', 55.81, 39.97],
    ['DLP-CNN, SVM', 57.95, 44.55],
  ),
];

const HA_GAN = 'Ali et al. 2019 (HA-GAN)';
const RECENTRALIZATION = 'Bao et al. 2019 (3D re-centralization)';
const MMI_HA_GAN = from(`${HA_GAN}, Table 2, mean of two runs`, ['CNN baseline', 58.46], ['HA-GAN', 71.87]);
const OULU_HA_GAN = from(`${HA_GAN}, Table 3, mean of two runs`, ['CNN baseline', 73.14], ['HA-GAN', 88.26]);

const PUBLISHED: Readonly<Record<string, readonly PublishedResult[]>> = {
  'ck-plus.10-fold.6': from(
    STATIC,
    ['zero-bias CNN (Khorrami 15)', 98.3],
    ['FaceNet2ExpNet (Ding 17)', undefined, 98.6],
    ['fine-tuning (Zhang 18)', 98.9],
  ),
  'ck-plus.10-fold.7': from(STATIC, ['cascaded network, SVM (Liu 15)', 93.7]),
  'ck-plus.10-fold.7c': from(STATIC, ['island loss (Cai 17)', 94.35, 90.66]),
  'ck-plus.10-fold.8': from(
    STATIC,
    ['cascaded network, SVM (Liu 13)', 92.05, 87.67],
    ['zero-bias CNN (Khorrami 15)', 96.4],
    ['FaceNet2ExpNet (Ding 17)', undefined, 96.8],
  ),
  'ck-plus.8-fold.6': from(STATIC, ['cascaded network, AdaBoost (Liu 14)', 96.7]),
  'ck-plus.8-fold.7c': from(
    STATIC,
    ['multitask network (Meng 17)', 95.37, 95.51],
    ['(N+M)-tuplet clusters (Liu 17)', 97.1, 96.1],
  ),
  'ck-plus.5-fold.6': [
    ...from(
      RAF_V,
      ['LBP, SVM', undefined, 88.92],
      ['HOG, SVM', undefined, 90.5],
      ['Gabor, SVM', undefined, 91.98],
      ['LBP, LDA', undefined, 85.84],
      ['HOG, LDA', undefined, 91.77],
      ['Gabor, LDA', undefined, 92.33],
    ),
    ...from(RAF_IX, ['DLP-CNN without fine-tuning, SVM', 95.78]),
  ],
  'ck-plus.loso.7c': from(STATIC, ['AlexNet, SVM (Ouellet 14)', undefined, 94.4]),
  'ck-plus.loso.7c-last-four': from(STATIC, ['DSAE (Zeng 18)', 95.79, 93.78]),
  'ck-plus.loso.8': from(STATIC, ['DSAE (Zeng 18)', 89.84, 86.82]),
  'ck-plus.10-fold.7c-last': from(
    `${RECENTRALIZATION}, Table 3`,
    ['DLP-CNN (Li 17), retrained', 86.24, 77.32],
    ['DTAGN (Jung 15), retrained', 89.6, 83.63],
    ['PHRNN-MSCNN (Zhang 17), retrained', 90.52, 83.21],
    ['shape and shading (Benitez-Quiroz 16), retrained', 92.35, 86.73],
    ['Inception (Mollahosseini 16), retrained', 82.57, 73.53],
    ['LTNet (Zeng 18), retrained', 84.1, 75.26],
    ['3D re-centralization', 95.41, 92.25],
  ),
  'ck-plus.10-fold.6-peak': from(DYNAMIC, ['PPDN (Zhao 16)', 99.3], ['DCPN (Yu 17)', 99.6]),
  'ck-plus.10-fold.7c-sequence': from(DYNAMIC, ['PHRNN-MSCNN (Zhang 17)', 98.5, 97.78]),
  'ck-plus.images.7c': from(`${DEEP_EMOTION}, Table IV`, ['Deep-Emotion', 98]),
  'mmi.10-fold.7': from(
    STATIC,
    ['cascaded network, SVM (Liu 13)', 74.76, 71.73],
    ['cascaded network, SVM (Liu 15)', 75.85],
  ),
  'mmi.10-fold.6': [
    ...from(STATIC, ['island loss (Cai 17)', 70.67, 69.6], ['(N+M)-tuplet clusters (Liu 17)', 78.53, 73.5]),
    ...MMI_HA_GAN,
  ],
  'mmi.10-fold.6-shuffled': MMI_HA_GAN,
  'mmi.5-fold.6': from(RAF_IX, ['DLP-CNN without fine-tuning, SVM', 78.46]),
  'mmi.10-fold.6-middle': from(DYNAMIC, ['PHRNN-MSCNN (Zhang 17), both networks', 81.18, 79.3]),
  'mmi.10-fold.6-sequence': from(DYNAMIC, ['PHRNN-MSCNN (Zhang 17)', 81.18, 79.3]),
  'mmi.loso.6-sequence': from(DYNAMIC, ['CNN-LSTM (Kim 17)', 78.61, 78]),
  'oulu-casia.10-fold.6': OULU_HA_GAN,
  'oulu-casia.10-fold.6-shuffled': OULU_HA_GAN,
  'oulu-casia.10-fold.6-last': from(DYNAMIC, ['PHRNN-MSCNN (Zhang 17), both networks', 86.25, 86.25]),
  'oulu-casia.10-fold.6-peak': from(DYNAMIC, ['PPDN (Zhao 16)', 84.59], ['DCPN (Yu 17)', 86.23]),
  'oulu-casia.10-fold.6-sequence': from(DYNAMIC, ['PHRNN-MSCNN (Zhang 17)', 86.25, 86.25]),
  'oulu-casia.10-fold.6-spread': from(
    `${RECENTRALIZATION}, Table 5`,
    ['DLP-CNN (Li 17), retrained', 73.61],
    ['DTAGN (Jung 15), retrained', 66.81],
    ['PHRNN-MSCNN (Zhang 17), retrained', 82.22],
    ['shape and shading (Benitez-Quiroz 16), retrained', 78.33],
    ['Inception (Mollahosseini 16), retrained', 62.78],
    ['LTNet (Zeng 18), retrained', 61.02],
    ['3D re-centralization', 84.86],
  ),
  'jaffe.loso.7': [
    ...from(STATIC, ['cascaded network, AdaBoost (Liu 14)', 91.8], ['network ensemble (Hamester 15)', undefined, 95.8]),
    ...from(
      RAF_V,
      ['LBP, SVM', undefined, 78.81],
      ['HOG, SVM', undefined, 84.76],
      ['Gabor, SVM', undefined, 88.95],
      ['LBP, LDA', undefined, 77.74],
      ['HOG, LDA', undefined, 80.12],
      ['Gabor, LDA', undefined, 83.45],
    ),
  ],
  'jaffe.10-fold.7': from(STATIC, ['network ensemble (Hamester 15)', 94.1, 91.6]),
  'jaffe.images.7': from(`${DEEP_EMOTION}, Table III`, ['Deep-Emotion', 92.8]),
  'ferg.images.7': from(`${DEEP_EMOTION}, Table II`, ['Deep-Emotion', 99.3]),
  'tfd.official.7': from(
    STATIC,
    ['cascaded network, SVM (Rifai 12)', 85.06],
    ['multitask network (Devries 14)', 85.13, 48.29],
    ['label bootstrapping (Reed 14)', 86.8],
    ['FaceNet2ExpNet (Ding 17)', 88.9, 87.7],
    ['zero-bias CNN (Khorrami 15)', 89.8],
  ),
  'fer2013.official.7': from(
    STATIC,
    ['L2-SVM loss (Tang 13)', 71.2],
    ['triplet loss (Guo 16)', 71.33],
    ['network ensemble (Connie 17)', 73.4],
    ['network ensemble (Kim 16)', 73.73],
    ['bridging layer (Zhang 15)', 75.1],
    ['network ensemble (Pramerdorfer 16)', 75.2],
  ),
  'sfew.official.7': [
    ...from(
      STATIC,
      ['multitask network (Pons 18)', 45.9],
      ['fine-tuning in stages (Ng 15)', 48.5, 39.63],
      ['multitask network (Meng 17)', 50.98, 42.57],
      ['island loss (Cai 17)', 52.52, 43.41],
      ['(N+M)-tuplet clusters (Liu 17)', 54.19, 47.97],
      ['FaceNet2ExpNet (Ding 17)', 55.15, 46.6],
      ['network ensemble (Yu 15)', 55.96, 47.31],
    ),
    ...from(RAF_IX, ['DLP-CNN without fine-tuning, SVM', 51.05]),
  ],
  'afew.official.7': from(
    DYNAMIC,
    ['VGG-LSTM (Ouyang 17)', 47.4],
    ['ResNet-LSTM (Ouyang 17)', 46.4],
    ['C3D (Ouyang 17)', 35.2],
    ['C3D-LSTM (Vielzeuf 17)', 43.2],
    ['VGG-LSTM (Vielzeuf 17)', 48.6],
  ),
  'afew-6.official.7': from(DYNAMIC, ['VGG-LSTM (Fan 16)', 45.43, 38.96], ['C3D (Fan 16)', 39.69, 38.55]),
  'afew-5.official.7': from(DYNAMIC, ['CNN-IRNN (Ebrahimi 15)', 39.6, 36.56]),
  'raf-db.official.7': RAF_BASIC,
  'raf-db-original.official.7': RAF_BASIC,
  'raf-db-compound.official.own': RAF_COMPOUND,
  'raf-db-compound-original.official.own': RAF_COMPOUND,
  'raf-db-to-ck-plus.6-balanced': from('Li & Deng 2019, Fig. 6', ['HOG, RBF SVM', undefined, 62]),
  'ck-plus-to-raf-db.6-balanced': from('Li & Deng 2019, Fig. 6', ['HOG, RBF SVM', undefined, 39]),
};

/**
 * What papers report under a protocol; none where none is known.
 * @param id of the protocol
 * @example
 * ```ts
 * import { publishedResults } from 'mienjs/data/protocols';
 *
 * publishedResults('ferg.images.7').map(({ method, accuracy }) => `${method}: ${accuracy}`); // → ['Deep-Emotion: 99.3']
 * ```
 */
export const publishedResults = (id: string): readonly PublishedResult[] => PUBLISHED[id] ?? [];

/** The protocols that results are known of. */
export const publishedProtocols = (): string[] => Object.keys(PUBLISHED);
