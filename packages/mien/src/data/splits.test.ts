import { describe, expect, it } from 'vitest';
import { labelledImages, type Dataset, type LabelledImages } from './dataset.ts';
import {
  findSplit,
  inOrderOfRoles,
  requireLabels,
  roleOfSplit,
  splitsBefore,
  testSplit,
  trainSplit,
} from './splits.ts';

const data = (splits: string[], more: Partial<Dataset> = {}): Dataset => ({
  name: 'data',
  classes: ['a'],
  splits,
  loadSplit: () => Promise.reject(new Error('not read')),
  ...more,
});

it('knows the roles of splits in every spelling', () => {
  for (const name of ['train', 'Train', 'TRAINING', 'train_set', 'Training data', 'trn'])
    expect(roleOfSplit(name), name).toBe('train');
  for (const name of ['val', 'Valid', 'validation', 'VAL', 'dev', 'Dev-set', 'val_set', 'PublicTest'])
    expect(roleOfSplit(name), name).toBe('validation');
  for (const name of ['test', 'Test', 'testing', 'test-set', 'PrivateTest', 'eval', 'TestSet'])
    expect(roleOfSplit(name), name).toBe('test');
  for (const name of ['all', 'Set1', 'automatic', 'fold 1', 'contest', 'trainer', ''])
    expect(roleOfSplit(name), name).toBeUndefined();
});

it('orders splits by role', () => {
  expect(inOrderOfRoles(['test', 'extra', 'Val', 'Train'])).toEqual(['Train', 'Val', 'test', 'extra']);
});

describe('the split to measure on, whatever the order', () => {
  it.each([
    [['test', 'train'], [], 'test'],
    [['Training', 'PublicTest', 'PrivateTest'], [], 'PrivateTest'],
    [['PublicTest', 'Training'], [], 'PublicTest'],
    [['Test', 'Train', 'Val'], ['Test'], 'Val'],
    [['automatic', 'validation', 'train'], [], 'validation'],
    [['all'], [], 'all'],
  ])('%j without labels in %j: %s', (splits, unlabelled, expected) => {
    expect(testSplit(data(splits, { unlabelled }))).toBe(expected);
  });

  it.each([
    [['Set1', 'Set2'], 'data: has neither a test nor a validation split with labels: choose one of Set1 and Set2'],
    [['train'], 'data: has neither a test nor a validation split with labels: choose one of train'],
    [['test', 'Test', 'train'], 'data: has several test splits: choose one of test and Test'],
    [[], 'data: holds no images'],
  ])('%j must be chosen from', (splits, message) => {
    expect(() => testSplit(data(splits))).toThrow(message);
  });
});

it('finds the split to train on', () => {
  expect([trainSplit(data(['test', 'train'])), trainSplit(data(['all']))]).toEqual(['train', 'all']);
  expect(() => trainSplit(data(['Set1', 'Set2', 'Set3']))).toThrow(
    'data: has no training split: expected one of Set1, Set2 and Set3',
  );
});

it('finds a split by its name, in any case, or by its role', () => {
  const fer = data(['Training', 'PublicTest', 'test'], { splitNotes: { test: 'both tests together' } });
  expect(['Training', 'training', 'train', 'val', 'dev', 'TEST'].map((name) => findSplit(fer, name))).toEqual([
    'Training',
    'Training',
    'Training',
    'PublicTest',
    'PublicTest',
    'test',
  ]);
  expect(() => findSplit(fer, 'fold 1')).toThrow(
    'data: has no split "fold 1": expected one of Training, PublicTest, test (both tests together)',
  );
});

it('knows which splits come before another', () => {
  const fer = data(['PrivateTest', 'PublicTest', 'Training', 'extra']);
  expect(['PrivateTest', 'PublicTest', 'Training', 'extra'].map((split) => splitsBefore(fer, split))).toEqual([
    ['PublicTest', 'Training'],
    ['Training'],
    [],
    [],
  ]);
});

it('refuses to measure where there is nothing to', () => {
  const images = (count: number, labels: number[]): LabelledImages =>
    labelledImages({
      images: { count, height: 1, width: 1, channels: 1, pixels: new Uint8Array(count) },
      classes: ['a'],
      labels: Int32Array.from(labels),
      ids: labels.map(String),
    });
  const sfew = data(['Train', 'Val', 'Test'], { unlabelled: ['Test'] });
  expect(() => requireLabels(sfew, 'Test', images(2, [-1, -1]))).toThrow(
    'data: its split "Test" has no labels, so there is nothing to measure; Train and Val have some',
  );
  expect(() => requireLabels(data(['test', 'train']), 'test', images(0, []))).toThrow(
    'data: its split "test" has no images to measure on; train has some',
  );
  expect(() => requireLabels(sfew, 'Val', images(2, [-1, 0]))).not.toThrow();
});
