import { describe, expect, test } from 'vitest';
import { modelCardSchema, parseModelCard, type ModelCard } from './card.ts';
import { renderModelCard } from './card-markdown.ts';

const CARD: ModelCard = {
  version: 2,
  name: 'tiny',
  recipe: 'tiny',
  title: 'A tiny network',
  paper: 'Someone 2019',
  notes: 'Smaller | faster.',
  sha256: 'ab'.repeat(32),
  bytes: 12345,
  parameters: 678,
  input: { width: 48, height: 48, channels: 'grey', framing: 'fer2013' },
  heads: [
    {
      output: 'logits',
      classes: ['neutral', 'happiness'],
      trainedOn: 'fer2013',
      temperature: 1.25,
      uncertainBelow: 0.7,
      mirror: { temperature: 1.5 },
      priorShift: { tau: 0.3, crossValidated: { accuracy: 0.8, meanAccuracy: 0.6 } },
    },
  ],
  data: {
    dataset: 'fer2013',
    trainSplit: 'Training',
    trainImages: 8,
    validationSplit: 'PublicTest',
    validationImages: 4,
    licence: 'theirs',
  },
  training: { seed: 1, epochs: 2, bestEpoch: 1, batchSize: 4, wallSeconds: 3600, date: '2026-01-31' },
  hardware: { cpu: 'A CPU', cores: 2, device: 'cpu', node: 'v20.0.0', onnxruntime: '1.0.0' },
  metrics: [
    {
      dataset: 'fer2013',
      split: 'PublicTest',
      head: 'logits',
      views: 'mirror',
      role: 'validation',
      n: 4,
      accuracy: 0.75,
      meanAccuracy: null,
      ece: 0.1,
      withoutRepeats: { repeats: 1, n: 3, accuracy: 2 / 3 },
    },
  ],
  expected: [{ dataset: 'fer2013', split: 'PrivateTest', accuracy: 0.7, source: 'the paper', measured: null }],
  intendedUse: 'Tests.',
  limits: ['Small.', 'Untrained.'],
};

describe('the model card', () => {
  test('survives JSON', () => {
    expect(parseModelCard('tiny.json', JSON.stringify(CARD))).toEqual(CARD);
  });

  test('of version 1 is read as of version 2, its figures as of the single view', () => {
    const {
      heads: [{ mirror: _, priorShift: __, uncertainBelow: ___, ...head } = CARD.heads[0]!],
      metrics: [{ views: ____, ...metric } = CARD.metrics[0]!],
    } = CARD;
    const old = { ...CARD, version: 1, heads: [head], metrics: [metric] };
    expect(parseModelCard('tiny.json', JSON.stringify(old))).toEqual({
      ...CARD,
      heads: [head],
      metrics: [{ ...metric, views: 'single' }],
    });
    expect(() => parseModelCard('tiny.json', JSON.stringify({ ...old, version: 3 }))).toThrow(
      'tiny.json: is not a model card: version',
    );
  });

  test.each([
    ['not JSON', '{', 'tiny.json: is not JSON, expected a model card'],
    [
      'a missing field',
      JSON.stringify({ ...CARD, seed: undefined, sha256: undefined }),
      'tiny.json: is not a model card: sha256',
    ],
    ['an unknown field', JSON.stringify({ ...CARD, more: 1 }), 'tiny.json: is not a model card: card'],
    [
      'an accuracy in percent',
      JSON.stringify({ ...CARD, expected: [{ ...CARD.expected[0], accuracy: 70 }] }),
      'expected.0.accuracy',
    ],
  ])('rejects %s', (_, text, message) => {
    expect(() => parseModelCard('tiny.json', text)).toThrow(message);
  });

  test('reads as Markdown: figures, what is undefined or not measured, limits', () => {
    const text = renderModelCard(modelCardSchema.parse(CARD));
    expect(text).toContain(
      '| fer2013 | PublicTest | logits | mirror | 4 | 75.00 % | – | 10.00 % | choosing the epoch, calibration |',
    );
    expect(text).toContain(
      'temperature 1.250, uncertain below 0.70; with the mirror image temperature 1.500; logits shifted by class frequency, τ = 0.3',
    );
    expect(text).toContain('without the 1 images that earlier splits also hold: 66.67 % of 3.');
    expect(text).toContain('| fer2013 | PrivateTest | 70.00 % | not measured | the paper |');
    expect(text).toContain('- Small.\n- Untrained.');
    expect(text).toContain(`SHA-256 \`${CARD.sha256}\``);
    expect(text).not.toMatch(/NaN|undefined|null/);
  });
});
