/** RAF-DB in miniature: basic and compound, aligned and original images, every annotation. */
import type { DatabaseCase } from './case.ts';
import { drawFace, type Tree } from './draw.ts';

const BASIC = ['surprise', 'fear', 'disgust', 'happiness', 'sadness', 'anger', 'neutral'];
const COMPOUND = [
  'happily surprised',
  'happily disgusted',
  'sadly fearful',
  'sadly angry',
  'sadly surprised',
  'sadly disgusted',
  'fearfully angry',
  'fearfully surprised',
  'angrily surprised',
  'angrily disgusted',
  'disgustedly surprised',
];
const aligned = (seed: number) => drawFace({ width: 100, height: 100, channels: 3, seed });
const original = (seed: number) => drawFace({ width: 120, height: 90, channels: 3, seed });

const MANUAL = '30.5\t40\n70\t41\n50\t60\n35\t80\n65\t81\n1\n2\n3\n';
const AUTO = Array.from({ length: 37 }, (_, i) => `${i}\t${2 * i}`).join('\n');

interface Item {
  readonly stem: string;
  readonly label: string;
  readonly code: number;
  readonly i: number;
}

/** Train with every class, then one test image of the first class. */
function itemsOf(classes: readonly string[], digits: number): Item[] {
  const train = classes.map((label, i) => ({
    stem: `train_${String(i + 1).padStart(digits, '0')}`,
    label,
    code: i + 1,
    i,
  }));
  return [...train, { stem: 'test_0001', label: classes[0]!, code: 1, i: classes.length }];
}

/** Items of odd index have a tab before the label, the others a space. */
function subsetTree(subset: string, items: readonly Item[]): Tree {
  return {
    [`${subset}/EmoLabel/list_patition_label.txt`]: items
      .map(({ stem, code, i }) => `${stem}.jpg${i % 2 ? '\t' : ' '}${code}\n`)
      .join(''),
    [`${subset}/EmoLabel/distribution_${subset}.txt`]: items
      .map(({ stem }) => `${stem}.jpg 0.5 0 0 0.25 0 0 0.25 \n`)
      .join(''),
    ...Object.fromEntries(
      items.flatMap(({ stem, i }) => [
        [`${subset}/Image/aligned/${stem}_aligned.jpg`, aligned(i)],
        [`${subset}/Image/original/${stem}.jpg`, original(i)],
        [`${subset}/Annotation/manual/${stem}_manu_attri.txt`, MANUAL],
        [`${subset}/Annotation/auto/${stem}_auto_attri.txt`, AUTO],
        [`${subset}/Annotation/boundingbox/${stem}_boundingbox.txt`, '20 10 100.5 80 '],
      ]),
    ),
    [`${subset}/Image/aligned/.DS_Store`]: 'x',
    [`${subset}/Image/original/Thumbs.db`]: 'x',
  };
}

const ITEMS = { basic: itemsOf(BASIC, 5), compound: itemsOf(COMPOUND, 4) };
const SHARES = { surprise: 0.5, fear: 0, disgust: 0, happiness: 0.25, sadness: 0, anger: 0, neutral: 0.25 };
const PERSON = { gender: 'female', race: 'Asian', age: '40-69' };

function alignedCase(name: string, subset: 'basic' | 'compound'): DatabaseCase {
  const items = ITEMS[subset];
  const id = (stem: string): string => `${subset}/Image/aligned/${stem}_aligned.jpg`;
  const list = `${subset}/EmoLabel/list_patition_label.txt`;
  const first = items[0]!;
  const lines = items.map(({ stem, code }) => `${stem}.jpg ${code}`);
  return {
    name,
    tree: { ...subsetTree('basic', ITEMS.basic), ...subsetTree('compound', ITEMS.compound) },
    expected: {
      ids: items.map(({ stem }) => id(stem)),
      labels: items.map(({ label }) => label),
      subjects: 0,
      sequences: 0,
      records: {
        [id(first.stem)]: {
          split: 'train',
          attributes: {
            ...PERSON,
            original: `${subset}/Image/original/${first.stem}.jpg`,
            ...(subset === 'compound' ? SHARES : {}),
          },
          ...(subset === 'basic' ? { labelDistribution: SHARES } : {}),
        },
        [id('test_0001')]: { split: 'test' },
      },
      image: { width: 100, height: 100 },
    },
    damaged: {
      changed: {
        [list]: [...lines, 'train_99999.jpg 1', 'train_99998.jpg 12', 'test_0001.jpg 2', 'cover.jpg 1', ''].join('\n'),
        [`${subset}/EmoLabel/distribution_${subset}.txt`]: `${first.stem}.jpg 1 0 0\n`,
        [`${subset}/Image/aligned/test_9999_aligned.jpg`]: aligned(30),
        [`${subset}/Annotation/manual/${first.stem}_manu_attri.txt`]: MANUAL.replace('\n2\n3\n', '\n7\n3\n'),
      },
      removed: [id(items[1]!.stem)],
      problems: [
        { where: `${list}:${lines.length + 2}`, message: /label of train_99998\.jpg is "12", expected a code 1 … / },
        { where: `${list}:${lines.length + 3}`, message: /lists test_0001\.jpg again/ },
        { where: `${list}:${lines.length + 4}`, message: /is "cover\.jpg 1", expected train_<n>\.jpg/ },
        { where: `${subset}/EmoLabel/distribution_${subset}.txt:1`, message: /has "1 0 0", expected 7 shares/ },
        {
          where: `${subset}/Annotation/manual/${first.stem}_manu_attri.txt:7`,
          message: /race is 7, expected a code 0 … 2/,
        },
        { where: `${list}:2`, message: /is missing/ },
        {
          where: `${list}:${lines.length + 1}`,
          message: /lists train_99999\.jpg, but Image\/aligned\/train_99999_aligned\.jpg is missing/,
        },
        {
          where: `${subset}/Image/aligned/test_9999_aligned.jpg`,
          message: /is not listed in list_patition_label\.txt/,
        },
      ],
      ids: items.filter((_, i) => i !== 1).map(({ stem }) => id(stem)),
    },
  };
}

function originalCase(name: string, subset: 'basic' | 'compound'): DatabaseCase {
  const items = ITEMS[subset];
  const id = (stem: string): string => `${subset}/Image/original/${stem}.jpg`;
  const first = items[0]!.stem;
  return {
    name,
    tree: subsetTree(subset, items),
    expected: {
      ids: items.map(({ stem }) => id(stem)),
      labels: items.map(({ label }) => label),
      subjects: 0,
      sequences: 0,
      records: {
        [id(first)]: {
          split: 'train',
          attributes: subset === 'compound' ? { ...PERSON, ...SHARES } : PERSON,
          box: { x: 20, y: 10, width: 80.5, height: 70 },
          landmarks: [5, 37],
        },
      },
      image: { width: 120, height: 90 },
    },
    damaged: {
      changed: { [`${subset}/Annotation/boundingbox/${first}_boundingbox.txt`]: '100 10 20 80' },
      removed: [id(items[1]!.stem)],
      problems: [
        {
          where: `${subset}/Annotation/boundingbox/${first}_boundingbox.txt`,
          message: /is not a box, expected left, top, right and bottom/,
        },
        { where: `${subset}/EmoLabel/list_patition_label.txt:2`, message: /is missing/ },
      ],
      ids: items.filter((_, i) => i !== 1).map(({ stem }) => id(stem)),
    },
  };
}

export const rafDbCases: readonly DatabaseCase[] = [
  alignedCase('raf-db', 'basic'),
  originalCase('raf-db-original', 'basic'),
  alignedCase('raf-db-compound', 'compound'),
  originalCase('raf-db-compound-original', 'compound'),
];
