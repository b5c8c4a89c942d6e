/** Exports are read by what they are for: the readers of votes, of manifests and of RAF-DB. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { unzipSync } from 'fflate';
import { decodeImage, rawImage } from 'mienjs';
import { infer, simulateVotes } from 'mienjs/crowd';
import { readVotes } from 'mienjs/crowd/node';
import { SOURCES } from 'mienjs/data/node';
import { encodeImage } from 'mienjs/image/node';
import { describe, expect, it } from 'vitest';
import { projectSettingsSchema, type Answer, type Question } from '../../contract/index.ts';
import type { Collected, CollectedAnswer, CollectedTask } from '../collected.ts';
import { FIVE_POINTS } from '../pose.ts';
import { cocoPieces, pointsQuestion } from './coco.ts';
import { lineStream } from './lines.ts';
import { manifestLines } from './manifest.ts';
import { choiceQuestion, expressionQuestion } from './questions.ts';
import { rafDbEntries } from './raf-db.ts';
import { votesCsv } from './votes.ts';
import { truthOf, type Truth } from './truth.ts';
import { zipStream } from './zip.ts';

const options = (values: string) => values.split(' ').map((value) => ({ value, title: value }));
const CHOICE: Question[] = [
  {
    kind: 'choice',
    key: 'gender',
    title: 'Gender',
    options: options('female male unclear'),
  },
  {
    kind: 'choice',
    key: 'expression',
    title: 'Expression',
    options: [
      ...options('neutral happiness surprise sadness anger disgust fear'),
      { value: 'not-a-face', title: 'Not a face', outside: true },
    ],
  },
  { kind: 'choice', key: 'race', title: 'Race', options: options('caucasian african-american asian') },
  { kind: 'choice', key: 'age', title: 'Age', options: options('age-0-3 age-4-19 age-20-39 age-40-69 age-70') },
  { kind: 'choice', key: 'units', title: 'Units', multiple: true, options: options('au1 au12') },
];
const PLACES: Question[] = [
  { kind: 'box', key: 'face', title: 'Face' },
  {
    kind: 'points',
    key: 'points',
    title: 'Points',
    points: Object.keys(FIVE_POINTS).map((value) => ({ value, title: value })),
  },
];

/** 60 images, each labelled by 12 of 20; two are placed by hand. */
function project(): Collected {
  const { votes } = simulateVotes({ tasks: 60, workers: 20, votesPerTask: 12, seed: 3 });
  const tasks = votes.tasks.map((name, i): CollectedTask => ({
    id: `id${i}`,
    name: `faces/${name}.png`,
    role: 'work',
    width: 32,
    height: 32,
    source: i === 0 ? 'https://example.org/a,b' : null,
    license: i === 0 ? 'CC BY 4.0' : null,
    keyword: null,
    gold: null,
    proposal:
      i === 0
        ? { answer: { face: { x: 9, y: 9, width: 9, height: 9 } }, landmarks: Array(37).fill([3, 4]), expressions: {} }
        : null,
  }));
  const rest = { race: 'asian', age: 'age-70', units: ['au12'] };
  const answers = Array.from(votes.task, (task, v): CollectedAnswer => {
    const places: Answer =
      task !== 0 && task !== 2
        ? {}
        : {
            ...(task === 0 ? { face: { x: v % 2, y: 2, width: 20, height: 24 } } : {}),
            points: [10, 20, 15, 11, 19].map((x, i) => ({ x, y: 5 + 3 * i, hidden: i === 3 || (i === 4 && v === 0) })),
          };
    return {
      task,
      member: votes.worker[v]!,
      answer: {
        ...rest,
        expression: votes.classes[votes.label[v]!]!,
        gender: v % 3 === 0 ? 'unclear' : 'male',
        ...places,
      },
      atMs: 1_700_000_000_000 + v * 1000,
      activeMs: 1500,
      isCounted: true,
      isArbitration: false,
    };
  });
  return {
    settings: projectSettingsSchema.parse({ questions: [...CHOICE, ...PLACES] }),
    tasks,
    members: votes.workers.map((name) => `m-${name}`),
    answers,
  };
}

const truthIn = (collected: Collected, method?: string): Promise<Truth> =>
  truthOf(collected, expressionQuestion(collected.settings), method, (votes, name) =>
    Promise.resolve(infer(votes, name as 'auto')),
  );

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mien-export-'));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const indexOf = (source: string, path: string, problems: string[]) =>
  SOURCES.find(({ name }) => name === source)!.index(path, (where, message) => problems.push(`${where}: ${message}`));

describe('votes', () => {
  const read = async (collected: Collected, key: string) => {
    let votes: Awaited<ReturnType<typeof readVotes>> | undefined;
    const notes: string[] = [];
    await withFolder(async (folder) => {
      const file = join(folder, 'votes.csv');
      await writeFile(file, await text(lineStream(votesCsv(collected, choiceQuestion(collected.settings, key)))));
      votes = await readVotes(file, { onNote: (note) => notes.push(note) });
    });
    return { votes: votes!, notes };
  };

  it('are read as what was answered', async () => {
    const { votes, notes } = await read(project(), 'expression');
    const simulated = simulateVotes({ tasks: 60, workers: 20, votesPerTask: 12, seed: 3 }).votes;
    expect(notes).toEqual([]);
    expect(votes.label).toEqual(simulated.label);
    expect(votes.worker).toEqual(simulated.worker);
    expect(votes.tasks[59]).toBe('faces/task-60.png');
    expect(votes.timeSeconds![0]).toBe(1_700_000_000);
  });

  it('have no label where the question does not apply, and leave out what does not count', async () => {
    const collected = project();
    const answers = collected.answers.map((answer, i) => ({
      ...answer,
      answer: i < 3 ? { ...answer.answer, expression: 'not-a-face' } : answer.answer,
      isCounted: i !== 3,
    }));
    const { votes, notes } = await read({ ...collected, answers }, 'expression');
    expect(votes.task).toHaveLength(60 * 12 - 4);
    expect(notes).toEqual([expect.stringMatching(/^3 rows without a label/)]);
  });

  it('of several options are a task for each', async () => {
    const { votes } = await read(project(), 'units');
    expect(votes.tasks).toHaveLength(120);
    const { labels } = infer(votes, 'mv');
    expect([0, 1].map((t) => [votes.tasks[t], votes.classes[labels[t]!]])).toEqual([
      ['faces/task-01.png#au1', 'no'],
      ['faces/task-01.png#au12', 'yes'],
    ]);
  });
});

describe('a manifest', () => {
  it('is read with labels and distributions', async () => {
    const collected = project();
    await withFolder(async (folder) => {
      const file = join(folder, 'manifest.jsonl');
      await writeFile(file, await text(lineStream(manifestLines(collected, await truthIn(collected)))));
      const problems: string[] = [];
      const { records, classes } = await indexOf('manifest', file, problems);
      expect(problems).toEqual([]);
      expect(classes).toHaveLength(7);
      expect(records.length).toBeGreaterThan(40);
      expect(records[0]!.id).toBe('faces/task-01.png');
      for (const { label, labelDistribution } of records)
        if (label !== undefined) expect(labelDistribution![label]).toBe(Math.max(...Object.values(labelDistribution!)));
    });
  });

  it('takes the arbiter’s word where coders disagree', async () => {
    const collected = project();
    const said = (task: number, member: number, expression: string, isArbitration = false): CollectedAnswer => ({
      ...collected.answers[0]!,
      task,
      member,
      answer: { expression },
      isArbitration,
    });
    const answers = [
      ...[said(0, 0, 'fear'), said(0, 1, 'anger'), said(0, 2, 'surprise', true)],
      ...[said(1, 0, 'fear'), said(1, 1, 'fear'), said(1, 2, 'surprise', true)],
    ];
    const settled = { ...collected, answers };
    const lines = [...manifestLines(settled, await truthIn(settled, 'mv'))].map(
      (line) => JSON.parse(line) as { label: string; source?: string },
    );
    expect(lines.map(({ label, source }) => [label, source])).toEqual([
      ['surprise', 'https://example.org/a,b'],
      ['fear', undefined],
    ]);
  });

  it('is refused in one line where it cannot be made', async () => {
    const collected = project();
    const { settings } = collected;
    expect(() => expressionQuestion(settings, 'mood')).toThrow(
      'question: expected one of gender, expression, race, age, units, got "mood"',
    );
    expect(() => expressionQuestion(settings, 'gender')).toThrow('question gender: option female is not an expression');
    expect(() => expressionQuestion(settings, 'units')).toThrow('several options may be chosen');
    await expect(truthIn(collected, 'magic')).rejects.toThrow(/^method: expected auto or one of mv, /);
    await expect(truthIn({ ...collected, answers: [] })).rejects.toThrow(
      'question expression: no image is labelled yet',
    );
  });
});

it('an archive is read as RAF-DB, with a sixth of each class for testing', async () => {
  const collected = project();
  const png = await encodeImage(rawImage(32, 32, 1, new Uint8Array(1024).fill(90)), 'png');
  const truth = await truthIn(collected);
  const archive = async () =>
    buffer(zipStream(rafDbEntries(collected, truth), () => Promise.resolve(png), new Date(1e12)));
  const bytes = await archive();
  expect(bytes.equals(await archive())).toBe(true);
  await withFolder(async (folder) => {
    for (const [path, content] of Object.entries(unzipSync(bytes))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    const problems: string[] = [];
    const { records } = await indexOf('raf-db-original', folder, problems);
    expect(problems).toEqual([]);
    const counts = new Map<string, [train: number, test: number]>();
    for (const { label, split, labelDistribution } of records) {
      const count = counts.get(label!) ?? [0, 0];
      count[split === 'train' ? 0 : 1]++;
      counts.set(label!, count);
      expect(labelDistribution![label!]).toBe(Math.max(...Object.values(labelDistribution!)));
    }
    expect(records.length).toBeGreaterThan(30);
    for (const [train, test] of counts.values()) expect(test).toBe(Math.round((train + test) / 6));

    const compound = await indexOf('raf-db-compound-original', folder, problems);
    expect(problems).toEqual([]);
    expect(compound.records.length).toBeGreaterThan(3);

    const placed = [...records, ...compound.records].filter(({ landmarks }) => landmarks !== undefined);
    expect(placed).toHaveLength(2);
    const [first] = placed.filter(({ box }) => box !== undefined);
    expect(first!.attributes).toMatchObject({ gender: 'male', race: 'Asian', age: '70+' });
    expect(first!.box).toEqual({ x: 0.5, y: 2, width: 20, height: 24 });
    const landmarks = await first!.landmarks!();
    expect(landmarks[5]).toEqual([
      [10, 5],
      [20, 8],
      [15, 11],
      [11, 14],
      [19, 17],
    ]);
    expect(landmarks[37]![36]).toEqual([3, 4]);

    // Only where landmarks were placed by hand
    const aligned = Object.entries(unzipSync(bytes)).filter(([path]) => path.includes('/Image/aligned/'));
    expect(aligned.map(([path]) => path.replace(/\d+/, 'N'))).toEqual([
      'basic/Image/aligned/train_N_aligned.png',
      'basic/Image/aligned/train_N_aligned.png',
    ]);
    for (const [, content] of aligned) {
      const { width, height, data } = await decodeImage(content);
      expect([width, height, data.every((value) => value === 90)]).toEqual([100, 100, true]);
    }
  });
});

it('an archive whose image is missing fails, and does not end as if it were whole', async () => {
  const collected = project();
  const truth = await truthIn(collected);
  const stream = zipStream(
    rafDbEntries(collected, truth),
    () => Promise.reject(new Error('the image is gone')),
    new Date(1e12),
  );
  await expect(buffer(stream)).rejects.toThrow('the image is gone');
});

it('key points are the means, hidden where most say so', () => {
  const collected = project();
  const coco = JSON.parse([...cocoPieces(collected, pointsQuestion(collected))].join('')) as {
    images: { id: number; file_name: string; license?: number }[];
    licenses: { name: string }[];
    categories: { keypoints: string[] }[];
    annotations: { image_id: number; keypoints: number[]; bbox: number[]; num_keypoints: number }[];
  };
  expect(coco.images.map(({ file_name, license }) => [file_name, license])).toEqual([
    ['faces/task-01.png', 1],
    ['faces/task-03.png', undefined],
  ]);
  expect(coco.licenses[0]!.name).toBe('CC BY 4.0');
  expect(coco.categories[0]!.keypoints).toEqual(Object.keys(FIVE_POINTS));
  expect(coco.annotations[0]).toMatchObject({
    image_id: 1,
    num_keypoints: 5,
    bbox: [0.5, 2, 20, 24],
    keypoints: [10, 5, 2, 20, 8, 2, 15, 11, 2, 11, 14, 1, 19, 17, 2],
  });
  // Nobody drew a box: the one around the points
  expect(coco.annotations[1]!.bbox).toEqual([10, 5, 10, 12]);
  const settings = projectSettingsSchema.parse({ questions: CHOICE });
  expect(() => pointsQuestion({ ...collected, settings })).toThrow('the project asks for no points');
});
