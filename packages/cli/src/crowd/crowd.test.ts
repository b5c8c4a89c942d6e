/** `mien crowd`: the shape of its documents, its tables, and every kind of bad input, each answered by a sentence. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeImage, rawImage } from 'mien';
import { METHOD_NAMES } from 'mien/crowd';
import { loadDataset } from 'mien/data';
import { captureOutput, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

interface Run { status: number; stdout: string; stderr: string }

/** Runs `mien crowd …` with `DIR` standing for the folder. */
async function crowd(folder: string, ...args: string[]): Promise<Run> {
  const { result, stdout, stderr } = await captureOutput(() => main(['crowd', ...args.map((arg) => arg.replace('DIR', folder))]));
  return { status: result, stdout, stderr };
}

/** No NaN or Infinity in any form. */
function expectDefined(...texts: string[]): void {
  for (const text of texts) expect(text).not.toMatch(/NaN|Infinity|undefined(?!Pairs)/);
}

const csv = (rows: readonly string[], header = 'task,worker,label'): string => `${[header, ...rows].join('\n')}\n`;

/** Five images, four workers; the fourth says happy always. */
const VOTES = csv(['happy', 'sad', 'fear', 'anger', 'surprise'].flatMap((label, i) => [
  ...['ann', 'bob', 'cyd'].map((worker) => `img${i},${worker},${label}`), `img${i},dan,happy`,
]));
const TRUTH = csv(['img0,happy', 'img1,sad', 'img2,fear', 'img3,anger', 'img4,anger'], 'task,truth');

describe('infer', () => {
  test.each(METHOD_NAMES)('%s: one JSON document of the contract', async (method) => {
    await withFiles({ 'votes.csv': VOTES, 'truth.csv': TRUTH }, async (folder) => {
      const { status, stdout, stderr } = await crowd(folder, 'infer', 'DIR/votes.csv', '--method', method, '--truth', 'DIR/truth.csv', '--json');
      expect([status, stderr]).toEqual([0, '']);
      expectDefined(stdout);
      const document = JSON.parse(stdout) as { tasks: Record<string, { label: string; distribution: Record<string, number> }>; workers: Record<string, object> };
      expect(Object.keys(document)).toEqual([
        'method', 'classes', 'tasks', 'workers', 'logLikelihood', 'penalisedLogLikelihood', 'iterations', 'converged', 'seconds', 'ties', 'warnings', 'truth',
      ]);
      expect(document).toMatchObject({ method, classes: ['anger', 'fear', 'happy', 'sad', 'surprise'], truth: { n: 5, accuracy: 0.8, withoutVotes: [] } });
      expect(Object.values(document.tasks).map(({ label }) => label)).toEqual(['happy', 'sad', 'fear', 'anger', 'surprise']);
      for (const { distribution } of Object.values(document.tasks)) expect(Object.values(distribution).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      expect(Object.keys(document.workers)).toEqual(['ann', 'bob', 'cyd', 'dan']);
      expect(Object.keys(document.workers['ann']!)).toEqual(['reliability', 'votes', 'compared', 'accuracy', 'kappa', 'medianSeconds', 'flag']);
    });
  });

  test('prints a table, and writes labels and report into folders that it makes', async () => {
    await withFiles({ 'votes.csv': VOTES, 'truth.csv': TRUTH }, async (folder) => {
      const { status, stdout, stderr } = await crowd(folder, 'infer', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--out', 'DIR/new/labels.csv', '--report', 'DIR/report', '--workers', 'DIR/workers.jsonl');
      expect([status, stderr]).toEqual([0, `report: ${folder}/report/report.html\n`]);
      expect(stdout).toMatch(/votes\.csv: 20 votes, 5 tasks, 4 workers, 5 classes\nds: \d+ rounds in .*\n\nclass +tasks\nanger +1\n/);
      expect(stdout).toContain('accuracy 80.00 % of 5 tasks with truth');
      const [header, first] = (await readFile(join(folder, 'new/labels.csv'), 'utf8')).split('\n');
      expect(header).toBe('task,label,confidence,anger,fear,happy,sad,surprise');
      expect(first).toMatch(/^img0,happy,/);
      const dan = JSON.parse((await readFile(join(folder, 'workers.jsonl'), 'utf8')).split('\n')[3]!) as object;
      // one task of each class, all called happy
      expect(dan).toMatchObject({ worker: 'dan', votes: 5, compared: 5, accuracy: 0.2, kappa: 0, medianSeconds: null, flag: null, confusion: [0, 1, 2, 3, 4].map(() => [0, 0, 1, 0, 0]) });
      const report = await readFile(join(folder, 'report/report.html'), 'utf8');
      expectDefined(report, stdout);
      for (const part of ['Labels inferred from', '<h2>Workers</h2>', 'What votes confuse', 'Truth and inferred labels', 'img0']) expect(report).toContain(part);
      expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    });
  });

  test('labels as JSONL; codes give the labels names', async () => {
    await withFiles({ 'votes.jsonl': '{"item":"a","worker":1,"label":4,"time":3}\n{"item":"a","worker":2,"label":4,"time":5}\n' }, async (folder) => {
      const { status } = await crowd(folder, 'infer', 'DIR/votes.jsonl', '--method', 'mv', '--codes', 'raf-db', '--out', 'DIR/labels.jsonl');
      expect(status).toBe(0);
      const row = JSON.parse(await readFile(join(folder, 'labels.jsonl'), 'utf8')) as object;
      expect(row).toEqual({ task: 'a', label: 'happiness', confidence: 1, distribution: { neutral: 0, happiness: 1, surprise: 0, sadness: 0, anger: 0, disgust: 0, fear: 0 } });
    });
  });

  test('names in a report cannot break the page', async () => {
    await withFiles({ 'votes.csv': csv(['<b>&x,<script>alert(1)</script>,happy']) }, async (folder) => {
      expect((await crowd(folder, 'infer', 'DIR/votes.csv', '--report', 'DIR/report')).status).toBe(0);
      expect(await readFile(join(folder, 'report/report.html'), 'utf8')).not.toMatch(/<script|<b>/);
    });
  });
});

describe('votes that are thin or odd are answered with warnings, not with NaN', () => {
  test.each([
    ['one worker only', csv(['a,w,happy', 'b,w,sad', 'c,w,sad']), [], /one worker, "w"/],
    ['one vote per task', csv(['a,v,happy', 'b,w,sad', 'c,x,sad']), [], /fewer than 3 votes/],
    ['one vote in all', csv(['a,w,happy']), [], /one worker/],
    ['a class never voted', VOTES, ['--classes', 'happy,sad,fear,anger,surprise,disgust'], /No vote is for disgust/],
    ['groups without a common worker', csv(['a,v,happy', 'a,w,sad', 'b,x,sad', 'b,y,happy']), [], /2 groups/],
  ])('%s', async (_, votes, options, warning) => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      for (const method of METHOD_NAMES) {
        const json = await crowd(folder, 'infer', 'DIR/votes.csv', '--method', method, '--json', '--report', 'DIR/report', ...options);
        const text = await crowd(folder, 'infer', 'DIR/votes.csv', '--method', method, ...options);
        expect([json.status, text.status]).toEqual([0, 0]);
        expectDefined(json.stdout, text.stdout, await readFile(join(folder, 'report/report.html'), 'utf8'));
        const { warnings } = JSON.parse(json.stdout) as { warnings: { message: string }[] };
        expect(warnings.map(({ message }) => message).join('\n')).toMatch(warning);
        expect(text.stdout).toMatch(warning);
      }
      const agreement = await crowd(folder, 'agreement', 'DIR/votes.csv', '--resamples', '20', ...options);
      const document = await crowd(folder, 'agreement', 'DIR/votes.csv', '--resamples', '20', '--json', ...options);
      expect([agreement.status, document.status]).toEqual([0, 0]);
      expectDefined(agreement.stdout, document.stdout);
    });
  });

  test('undefined agreement is null with a sentence', async () => {
    await withFiles({ 'votes.csv': csv(['a,v,happy', 'b,w,sad']) }, async (folder) => {
      const { stdout } = await crowd(folder, 'agreement', 'DIR/votes.csv', '--json');
      expect(JSON.parse(stdout)).toMatchObject({ fleissKappa: { value: null, low: null, high: null, reason: 'No task has two votes, so there is nothing to compare.' }, pairwiseKappa: { pairs: 0, quartiles: [null, null, null] } });
      expect((await crowd(folder, 'agreement', 'DIR/votes.csv')).stdout).toMatch(/Fleiss' κ +– +No task has two votes/);
    });
  });
});

describe('duplicates', () => {
  const votes = csv(['a,v,happy', 'a,w,sad', 'a,v,sad', 'a,x,sad', 'b,v,sad']);
  test.each([['first', { happy: 1 / 3, sad: 2 / 3 }], ['last', { happy: 0, sad: 1 }]])('the %s counts', async (policy, distribution) => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      const { stdout } = await crowd(folder, 'infer', 'DIR/votes.csv', '--method', 'mv', '--duplicates', policy, '--json', '--classes', 'happy,sad');
      const { tasks } = JSON.parse(stdout) as { tasks: { a: { distribution: { happy: number; sad: number } } } };
      expect(tasks.a.distribution.happy).toBeCloseTo(distribution.happy, 12);
      expect(tasks.a.distribution.sad).toBeCloseTo(distribution.sad, 12);
    });
  });

  test('are an error unless the policy says otherwise', async () => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      const { status, stdout, stderr } = await crowd(folder, 'infer', 'DIR/votes.csv');
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: [^\n]*votes\.csv[^\n]*worker "v"[^\n]*task "a"[^\n]*\n$/);
    });
  });
});

describe('bad input: one line that names it, exit status 1', () => {
  const BAD: readonly (readonly [string, string, string])[] = [
    ['no column worker', csv(['a,happy'], 'task,label'), 'no column "worker"'],
    ['an empty label', csv(['a,w,happy', 'b,w,']), 'label is empty'],
    ['an empty worker', csv(['a,,happy']), 'worker is empty'],
    ['a row too short', csv(['a,w']), ':2: expected 3 fields, got 2'],
    ['broken quotes', csv(['a,"w,happy']), ':2: broken quotes'],
    ['nothing', '', 'is empty'],
    ['a header alone', csv([]), 'no votes'],
    ['damaged JSON in the second row', '{"task":"a","worker":"w","label":"happy"}\n{"task":"b","wor', ':2: is not JSON'],
    ['a JSON row without label', '{"task":"a","worker":"w"}\n', ':1: no "label"'],
    ['a time that is none', csv(['a,w,happy,soon'], 'task,worker,label,time'), 'time: expected seconds or an ISO 8601 date, got "soon"'],
  ];
  test.each(BAD)('%s', async (_, votes, message) => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      for (const verb of ['infer', 'agreement', 'compare', 'partition']) {
        const { status, stdout, stderr } = await crowd(folder, verb, 'DIR/votes.csv');
        expect([verb, status, stdout]).toEqual([verb, 1, '']);
        expect(stderr).toMatch(/^mien: [^\n]*votes\.csv[^\n]*\n$/);
        expect(stderr).toContain(message);
      }
    });
  });

  test.each([
    [['infer', 'DIR/absent.csv'], 'absent.csv: no such file'],
    [['infer', 'DIR'], 'is a folder, expected a file'],
    [['infer', 'DIR/essays.csv'], 'essays.csv: has 12000 different labels (text 0, text 1, text 10, …) by 1 workers: too many to tell apart, expected names of classes'],
    [['infer', 'DIR/votes.csv', '--classes', 'happy,sad'], 'label "fear" is none of the classes happy, sad'],
    [['infer', 'DIR/votes.csv', '--codes', '1=fear', '--classes', 'happy,sad,fear,anger,surprise', '--out', 'DIR/votes.csv/x'], 'votes.csv/x: cannot be written'],
    [['partition', 'DIR/numbers.csv'], 'numbers.csv: label "7" is no expression, say what its labels mean by label codes'],
    [['infer', 'DIR/numbers.csv', '--codes', '1=fear'], 'label "7" is no expression, nor one of the label codes 1'],
    [['infer', 'DIR/votes.csv', '--truth', 'DIR/absent.csv'], 'absent.csv: no such file'],
    [['infer', 'DIR/votes.csv', '--truth', 'DIR/votes.csv'], 'votes.csv:3: task "img0" is given twice'],
    [['infer', 'DIR/votes.csv', '--truth', 'DIR/odd-truth.csv'], 'odd-truth.csv:2: truth "disgust" is none of the classes anger, fear, happy, sad, surprise; if nobody voted for it, name it among the classes'],
    [['infer', 'DIR/votes.csv', '--truth', 'DIR/no-truth.csv'], 'no-truth.csv: no column "truth"'],
    [['compare', 'DIR/votes.csv', '--truth', 'DIR/cut-truth.jsonl'], 'cut-truth.jsonl:2: is not JSON'],
    [['compare', 'DIR/votes.csv', '--truth', 'DIR/empty-truth.csv'], 'empty-truth.csv:2: the truth of task "img0" is empty'],
    [['partition', 'DIR/votes.csv', '--out', 'DIR/out', '--images', 'DIR/faces'], 'faces: holds no image of 5 tasks (img0, img1, img2, img3, img4)'],
    [['partition', 'DIR/votes.csv', '--out', 'DIR/out', '--images', 'DIR/absent'], 'absent: is no folder that can be read'],
    [['partition', 'DIR/votes.csv', '--out', 'DIR/out', '--validation', '0.5', '--test', '0.5'], 'expected shares from 0 that leave some for training'],
    [['simulate', '--out', 'DIR/v.csv', '--workers', '5', '--votes-per-task', '6'], 'votesPerTask: expected at most the 5 workers'],
    [['simulate', '--out', 'DIR/votes.csv/x'], 'votes.csv/x: cannot be written'],
  ])('%j', async (args, message) => {
    const files = {
      'votes.csv': VOTES, 'essays.csv': csv(Array.from({ length: 12_000 }, (_, i) => `t${i},w,text ${i}`)), 'numbers.csv': csv(['a,w,7']), 'odd-truth.csv': csv(['img0,disgust'], 'item,truth'), 'no-truth.csv': csv(['img0,1'], 'task,answer'),
      'cut-truth.jsonl': '{"task":"img0","truth":"happy"}\n{"task"', 'empty-truth.csv': csv(['img0,'], 'task,truth'),
    };
    await withFiles(files, async (folder) => {
      await mkdir(join(folder, 'faces'));
      const { status, stdout, stderr } = await crowd(folder, ...args);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: [^\n]*\n$/);
      expect(stderr).toContain(message);
    });
  });

  test('two images of one task', async () => {
    await withFiles({ 'votes.csv': VOTES }, async (folder) => {
      await mkdir(join(folder, 'faces'));
      for (const name of ['img0.png', 'img0.jpg', 'img1.png', 'img2.png', 'img3.png', 'img4.png']) await writeFile(join(folder, 'faces', name), '');
      const { status, stderr } = await crowd(folder, 'partition', 'DIR/votes.csv', '--out', 'DIR/out', '--images', 'DIR/faces');
      expect([status, stderr]).toEqual([1, expect.stringMatching(/faces: holds two images of task "img0": img0\.(png|jpg) and img0\.(png|jpg)\n$/)]);
    });
  });

  test.each([
    [['infer'], "missing required argument 'votes'"],
    [['infer', 'v', '--method', 'vote'], 'Allowed choices are mv, ds, one-coin, glad, raf, mace.'],
    [['infer', 'v', '--method', 'mv', '--smoothing', '1'], 'mien: --smoothing: the method mv does not take it, only ds, one-coin, mace'],
    [['infer', 'v', '--beta-init', 'entropy'], 'mien: --beta-init: the method ds does not take it, only raf'],
    [['infer', 'v', '--tolerance', '-1'], 'Expected a number from 0.'],
    [['infer', 'v', '--codes', '1=bored'], 'unknown expression "bored"'],
    [['agreement', 'v', '--level', '1'], 'Expected a share between 0 and 1.'],
    [['partition', 'v', '--exclude-below', '2'], 'Expected a share from 0 to 1.'],
    [['partition', 'v', '--images', 'faces'], '--images: has no use without --out'],
    [['simulate'], "required option '--out <file>' not specified"],
    [['simulate', '--out', 'v', '--votes-per-task', '7-3'], 'Expected a whole number, or two as in 5-10.'],
    [['simulate', '--out', 'v', '--mix', 'lazy=1'], 'Expected KIND=WEIGHT'],
    [['unknown'], "unknown command 'unknown'"],
  ])('%j is a usage error', async (args, message) => {
    const { status, stdout, stderr } = await crowd('', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});

describe('truth of tasks without votes', () => {
  test('is said and counts for nothing', async () => {
    await withFiles({ 'votes.csv': VOTES, 'truth.csv': `${TRUTH}gone,happy\n` }, async (folder) => {
      const inferred = await crowd(folder, 'infer', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--json');
      expect([inferred.status, inferred.stderr]).toEqual([0, `${folder}/truth.csv: 1 task (gone) without votes, which count for nothing\n`]);
      expect(JSON.parse(inferred.stdout)).toMatchObject({ truth: { n: 5, accuracy: 0.8, withoutVotes: ['gone'] } });
    });
  });

  test('of none of the tasks: accuracy is undefined', async () => {
    await withFiles({ 'votes.csv': VOTES, 'truth.csv': csv(['gone,happy'], 'task,truth') }, async (folder) => {
      const compared = await crowd(folder, 'compare', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--json');
      expectDefined(compared.stdout);
      expect(JSON.parse(compared.stdout)).toMatchObject({ methods: { ds: { n: 0, accuracy: null } } });
      expect((await crowd(folder, 'infer', 'DIR/votes.csv', '--truth', 'DIR/truth.csv')).stdout).toContain('accuracy: none of the tasks has a truth');
    });
  });
});

test('compare: every method with its accuracy and the labels it shares with the others', async () => {
  await withFiles({ 'votes.csv': VOTES, 'truth.csv': TRUTH }, async (folder) => {
    const { status, stdout } = await crowd(folder, 'compare', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--json');
    const { methods } = JSON.parse(stdout) as { methods: Record<string, { accuracy: number; sameLabels: Record<string, number> }> };
    expect([status, Object.keys(methods)]).toEqual([0, [...METHOD_NAMES]]);
    expect(methods['mv']).toMatchObject({ accuracy: 0.8, sameLabels: { mv: 1, ds: 1 } });
    expect((await crowd(folder, 'compare', 'DIR/votes.csv')).stdout).toMatch(/^mv +– /m);
  });
});

describe('partition', () => {
  /** happy; sad and fearful; neutral and angry; three classes; happy and sad. Ten workers a task, so that g's mean is 10/7. */
  const shares: Record<string, Record<string, number>> = {
    a: { happy: 10 }, b: { sad: 6, fear: 4 }, c: { neutral: 5, angry: 5 }, d: { sad: 4, fear: 3, disgust: 3 }, e: { happy: 5, sad: 5 },
  };
  const votes = csv(Object.entries(shares).flatMap(([task, counts]) => Object.entries(counts).flatMap(([label, n]) => Array.from({ length: n }, () => label)).map((label, w) => `${task},w${w},${label}`)));

  test('counts the subsets, and writes manifests that load as a dataset', async () => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      await mkdir(join(folder, 'faces'));
      for (const task of Object.keys(shares)) await writeFile(join(folder, 'faces', `${task}.png`), await encodeImage(rawImage(48, 48, 1, new Uint8Array(48 * 48).fill(90)), 'png'));
      const { status, stdout } = await crowd(folder, 'partition', 'DIR/votes.csv', '--method', 'mv', '--images', 'DIR/faces', '--out', 'DIR/set/x', '--validation', '0', '--test', '0', '--json');
      expect(status).toBe(0);
      const document = JSON.parse(stdout) as { files: Record<string, number> };
      expect(document).toMatchObject({
        method: 'mv', tasks: 5, workers: 10, excluded: [],
        subsets: { single: { images: 1, share: 0.2 }, compound: { images: 1 }, 'with-neutral': { images: 1 }, 'three-or-more': { images: 1 }, 'unnamed-pair': { images: 1 }, tie: { images: 0 } },
        singles: { happiness: 1, neutral: 0 }, compounds: { 'sadly fearful': 1 },
      });
      expect(Object.values(document.files)).toEqual([1, 1, 3]);
      const two = JSON.parse(await readFile(join(folder, 'set/x/two-label.jsonl'), 'utf8')) as object;
      expect(two).toMatchObject({ image: '../../faces/b.png', split: 'train', task: 'b', compound: 'sadly fearful', distribution: { happiness: 0 } });
      const single = await loadDataset('manifest', join(folder, 'set/x/single-label.jsonl'));
      expect([...(await single.loadSplit('train', 'train')).labels]).toEqual([1]);
      expect([...(await (await loadDataset('manifest', join(folder, 'set/x/other.jsonl'))).loadSplit('train', 'train')).labels]).toEqual([-1, -1, -1]);

      const hard = await crowd(folder, 'partition', 'DIR/votes.csv', '--method', 'mv', '--out', 'DIR/hard', '--labels', 'hard');
      expect(hard.stdout).toMatch(/single-label +1 +20\.00 %\ntwo-label +1 +20\.00 %\nother +3 +60\.00 %\n {2}with-neutral/);
      expect(JSON.parse(await readFile(join(folder, 'hard/single-label.jsonl'), 'utf8'))).toEqual({ image: 'a', split: expect.any(String) as string, label: 'happiness', task: 'a' });
      await expect(readFile(join(folder, 'hard/two-label.jsonl'))).rejects.toThrow('ENOENT');
    });
  });

  test('training refuses a manifest with other classes than the recipe', async () => {
    const line = (split: string): string => JSON.stringify({ image: 'a.png', split, label: 'contempt' });
    await withFiles({ 'a.png': await encodeImage(rawImage(48, 48, 1, new Uint8Array(48 * 48)), 'png'), 'm.jsonl': `${line('train')}\n${line('validation')}\n` }, async (folder) => {
      const { result, stderr } = await captureOutput(() => main(['train', 'compact.manifest', '--data', `manifest=${folder}/m.jsonl`, '--out', `${folder}/run`]));
      expect([result, stderr]).toEqual([1, expect.stringMatching(/^mien: compact\.manifest: output logits learns neutral, [^\n]*, but the labels of manifest are neutral, [^\n]*contempt\n$/)]);
    });
  });
});

test('simulate: the same options give the same files, which infer reads', async () => {
  await withFiles({}, async (folder) => {
    const args = ['simulate', '--tasks', '60', '--workers', '12', '--votes-per-task', '4-6', '--seed', '7', '--mix', 'reliable=5,spammer=1'];
    const first = await crowd(folder, ...args, '--out', 'DIR/v.csv', '--truth', 'DIR/t.csv', '--annotators', 'DIR/a.csv', '--json');
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ tasks: 60, workers: 12, kinds: { reliable: 10, spammer: 2, careless: 0 } });
    await crowd(folder, ...args, '--out', 'DIR/v.jsonl');
    const inferred = await Promise.all(['v.csv', 'v.jsonl'].map((name) => readFile(join(folder, name), 'utf8').then((text) => text.split('\n').length)));
    expect(inferred[0]! - 1).toBe(inferred[1]);
    const fromCsv = JSON.parse((await crowd(folder, 'infer', 'DIR/v.csv', '--truth', 'DIR/t.csv', '--json')).stdout) as { tasks: unknown; truth: { accuracy: number } };
    const fromJson = JSON.parse((await crowd(folder, 'infer', 'DIR/v.jsonl', '--json')).stdout) as { tasks: unknown };
    expect(fromJson.tasks).toEqual(fromCsv.tasks);
    expect(fromCsv.truth.accuracy).toBeGreaterThan(0.8);
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toMatch(/^worker,kind,alpha\nworker-01,(reliable|spammer),/);
  });
});
