/** Every kind of bad or thin input to `mien crowd`: answered by a sentence, never by NaN. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METHOD_NAMES } from 'mienjs/crowd';
import { CROWD_VOTES, csv, expectDefined, runMain, type Run, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

/** Runs `mien crowd …` with `DIR` standing for the folder. */
const crowd = (folder: string, ...args: string[]): Promise<Run> =>
  runMain(main, ['crowd', ...args.map((arg) => arg.replace('DIR', folder))]);

describe('votes that are thin or odd are answered with warnings, not with NaN', () => {
  test.each([
    ['one worker only', csv(['a,w,happy', 'b,w,sad', 'c,w,sad']), [], /one worker, "w"/],
    ['one vote per task', csv(['a,v,happy', 'b,w,sad', 'c,x,sad']), [], /fewer than 3 votes/],
    ['one vote in all', csv(['a,w,happy']), [], /one worker/],
    [
      'a class never voted',
      CROWD_VOTES,
      ['--classes', 'happy,sad,fear,anger,surprise,disgust'],
      /No vote is for disgust/,
    ],
    ['groups without a common worker', csv(['a,v,happy', 'a,w,sad', 'b,x,sad', 'b,y,happy']), [], /2 groups/],
  ])('%s', async (_, votes, options, warning) => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      for (const method of METHOD_NAMES) {
        const json = await crowd(
          folder,
          'infer',
          'DIR/votes.csv',
          '--method',
          method,
          '--json',
          '--report',
          'DIR/report',
          ...options,
        );
        const text = await crowd(folder, 'infer', 'DIR/votes.csv', '--method', method, ...options);
        expect([json.status, text.status]).toEqual([0, 0]);
        expectDefined(json.stdout, text.stdout, await readFile(join(folder, 'report/report.html'), 'utf8'));
        const { warnings } = JSON.parse(json.stdout) as { warnings: { message: string }[] };
        expect(warnings.map(({ message }) => message).join('\n')).toMatch(warning);
        expect(text.stdout).toMatch(warning);
        expect(text.stdout).not.toMatch(/(^|[ (])1 (votes|tasks|workers|classes|rounds)/m);
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
      expect(JSON.parse(stdout)).toMatchObject({
        fleissKappa: {
          value: null,
          low: null,
          high: null,
          reason: 'No task has two votes, so there is nothing to compare.',
        },
        pairwiseKappa: { pairs: 0, quartiles: [null, null, null] },
      });
      expect((await crowd(folder, 'agreement', 'DIR/votes.csv')).stdout).toMatch(/Fleiss' κ +– +No task has two votes/);
    });
  });
});

test('labels that mean the same are named, and how to merge them', async () => {
  await withFiles({ 'votes.csv': csv(['a,v,happy', 'a,w,happiness', 'b,v,sad', 'b,w,sad']) }, async (folder) => {
    const sentence =
      'The labels happiness, happy seem to mean the same, but count as different classes: --codes such as happy=happiness merge them.';
    expect((await crowd(folder, 'infer', 'DIR/votes.csv')).stdout).toContain(`warning: ${sentence}`);
    for (const verb of ['agreement', 'compare']) {
      expect((await crowd(folder, verb, 'DIR/votes.csv')).stderr).toBe(`${folder}/votes.csv: ${sentence}\n`);
      expect((await crowd(folder, verb, 'DIR/votes.csv', '--codes', 'happy=happiness')).stderr).toBe('');
    }
  });
});

describe('duplicates', () => {
  const votes = csv(['a,v,happy', 'a,w,sad', 'a,v,sad', 'a,x,sad', 'b,v,sad']);
  test.each([
    ['first', { happy: 1 / 3, sad: 2 / 3 }],
    ['last', { happy: 0, sad: 1 }],
  ])('the %s counts', async (policy, distribution) => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      const { stdout } = await crowd(
        folder,
        'infer',
        'DIR/votes.csv',
        '--method',
        'mv',
        '--duplicates',
        policy,
        '--json',
        '--classes',
        'happy,sad',
      );
      const { tasks } = JSON.parse(stdout) as { tasks: { a: { distribution: { happy: number; sad: number } } } };
      expect(tasks.a.distribution.happy).toBeCloseTo(distribution.happy, 12);
      expect(tasks.a.distribution.sad).toBeCloseTo(distribution.sad, 12);
    });
  });

  test('are an error unless the policy says otherwise', async () => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      const { status, stdout, stderr } = await crowd(folder, 'infer', 'DIR/votes.csv');
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: [^\n]*votes\.csv[^\n]*worker "v"[^\n]*task "a"[^\n]*--duplicates first[^\n]*\n$/);
    });
  });
});

describe('bad input: one line that names it, exit status 1', () => {
  const BAD: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['no column worker', csv(['a,happy'], 'task,label'), 'no column "worker"'],
    ['labels that are all missing', csv(['a,w,', 'b,w,NA']), 'no votes'],
    [
      'an encoding that is none of ours',
      Buffer.from(csv(['caf\xe9,w,happy', 'caf\xe8,w,sad']), 'latin1'),
      ':2: the text is not UTF-8 (byte E9)',
    ],
    ['an empty worker', csv(['a,,happy']), 'worker is empty'],
    ['a row too short', csv(['a,w']), ':2: expected 3 fields, got 2'],
    ['broken quotes', csv(['a,"w,happy']), ':2: broken quotes'],
    ['nothing', '', 'is empty'],
    ['a header alone', csv([]), 'no votes'],
    [
      'damaged JSON in the second row',
      '{"task":"a","worker":"w","label":"happy"}\n{"task":"b","wor',
      ':2: is not JSON',
    ],
    [
      'a JSON row without label',
      '{"task":"a","worker":"w"}\n',
      'no column "label": expected task, worker, label, possibly time; its columns are task, worker. --columns can name it: label=COLUMN',
    ],
    [
      'a time that is none',
      csv(['a,w,happy,soon'], 'task,worker,label,time'),
      'time: expected seconds or a date, such as 2024-03-01T10:00:00Z, got "soon"',
    ],
  ];
  test.each(BAD)('%s', async (_, votes, message) => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      for (const verb of ['infer', 'agreement', 'compare', 'partition']) {
        const { status, stdout, stderr } = await crowd(folder, verb, 'DIR/votes.csv');
        expect([verb, status, stdout]).toEqual([verb, 1, '']);
        expect(stderr).toMatch(/^(.*passed over\n)?mien: [^\n]*votes\.csv[^\n]*\n$/);
        expect(stderr).toContain(message);
      }
    });
  });

  test.each([
    [['infer', 'DIR/absent.csv'], 'absent.csv: no such file'],
    [['infer', 'DIR'], 'is a folder, expected a file'],
    [
      ['infer', 'DIR/essays.csv'],
      'essays.csv: has 12000 different labels (text 0, text 1, text 10, …) by 1 worker: too many to tell apart, expected names of classes',
    ],
    [['infer', 'DIR/votes.csv', '--classes', 'happy,sad'], 'label "fear" is not one of the classes happy, sad'],
    [
      [
        'infer',
        'DIR/votes.csv',
        '--codes',
        '1=fear',
        '--classes',
        'happy,sad,fear,anger,surprise',
        '--out',
        'DIR/votes.csv/x',
      ],
      'votes.csv/x: cannot be written',
    ],
    [
      ['partition', 'DIR/numbers.csv'],
      'numbers.csv: label "7" is not an expression, say what the labels mean with --codes',
    ],
    [['infer', 'DIR/numbers.csv', '--codes', '1=fear'], 'label "7" is not an expression, nor one of --codes 1'],
    [['infer', 'DIR/votes.csv', '--truth', 'DIR/absent.csv'], 'absent.csv: no such file'],
    [['infer', 'DIR/votes.csv', '--truth', 'DIR/votes.csv'], 'votes.csv:3: task "img0" is given twice'],
    [
      ['infer', 'DIR/votes.csv', '--truth', 'DIR/odd-truth.csv'],
      'odd-truth.csv:2: truth "disgust" is not one of the classes anger, fear, happy, sad, surprise; if nobody voted for it, name it in --classes',
    ],
    [
      ['infer', 'DIR/votes.csv', '--truth', 'DIR/no-truth.csv'],
      'no-truth.csv: no column "truth": expected task, truth; its columns are task, felt. --truth-columns can name it: truth=COLUMN',
    ],
    [
      ['infer', 'DIR/votes.csv', '--columns', 'label=felt'],
      'votes.csv: has no column "felt": its columns are task, worker, label',
    ],
    [['compare', 'DIR/votes.csv', '--truth', 'DIR/cut-truth.jsonl'], 'cut-truth.jsonl:2: is not JSON'],
    [['compare', 'DIR/votes.csv', '--truth', 'DIR/empty-truth.csv'], 'empty-truth.csv:2: the task is empty'],
    [
      ['infer', 'DIR/counts.csv', '--method', 'ds'],
      'counts.csv: counts votes and does not say whose they are, so that --method ds has no workers to weigh: expected mv',
    ],
    [
      ['partition', 'DIR/votes.csv', '--out', 'DIR/out', '--images', 'DIR/faces'],
      'faces: holds no image of 5 tasks (img0, img1, img2, img3, img4)',
    ],
    [['partition', 'DIR/votes.csv', '--out', 'DIR/out', '--images', 'DIR/absent'], 'absent: no such folder'],
    [
      ['partition', 'DIR/votes.csv', '--out', 'DIR/out', '--validation', '0.5', '--test', '0.5'],
      'expected shares from 0 that leave some for training',
    ],
    [
      ['simulate', '--out', 'DIR/v.csv', '--workers', '5', '--votes-per-task', '6'],
      '--votes-per-task: expected at most the 5 workers',
    ],
    [['simulate', '--out', 'DIR/votes.csv/x'], 'votes.csv/x: cannot be written'],
  ])('%j', async (args, message) => {
    const files = {
      'votes.csv': CROWD_VOTES,
      'essays.csv': csv(Array.from({ length: 12_000 }, (_, i) => `t${i},w,text ${i}`)),
      'numbers.csv': csv(['a,w,7']),
      'odd-truth.csv': csv(['img0,disgust'], 'item,truth'),
      'no-truth.csv': csv(['img0,1'], 'task,felt'),
      'cut-truth.jsonl': '{"task":"img0","truth":"happy"}\n{"task"',
      'empty-truth.csv': csv([',fear'], 'task,truth'),
      'counts.csv': csv(['img0,1,2'], 'image,happy,sad'),
    };
    await withFiles(files, async (folder) => {
      await mkdir(join(folder, 'faces'));
      const { status, stdout, stderr } = await crowd(folder, ...args);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^(\S+: read as .*\n)?mien: [^\n]*\n$/);
      expect(stderr).toContain(message);
    });
  });

  test('more workers and classes than Dawid–Skene takes', async () => {
    await withFiles(
      { 'votes.csv': csv(Array.from({ length: 9400 }, (_, i) => `t${i % 300},w${i},c${i % 60}`)) },
      async (folder) => {
        const { status, stderr } = await crowd(folder, 'infer', 'DIR/votes.csv', '--method', 'ds');
        expect([status, stderr]).toEqual([
          1,
          `mien: ${folder}/votes.csv: 9400 workers and 60 classes are too many for the confusion matrices of ds: choose another --method\n`,
        ]);
        const compared = await crowd(folder, 'compare', 'DIR/votes.csv', '--json');
        expect([compared.status, compared.stderr]).toEqual([
          0,
          `${folder}/votes.csv: ds and hds are left out, as the confusion matrices of 9400 workers and 60 classes are too many\n`,
        ]);
        expect(Object.keys((JSON.parse(compared.stdout) as { methods: object }).methods)).toEqual(
          METHOD_NAMES.filter((method) => method !== 'ds' && method !== 'hds'),
        );
      },
    );
  });

  test('two images of one task', async () => {
    await withFiles({ 'votes.csv': CROWD_VOTES }, async (folder) => {
      await mkdir(join(folder, 'faces'));
      for (const name of ['img0.png', 'img0.jpg', 'img1.png', 'img2.png', 'img3.png', 'img4.png'])
        await writeFile(join(folder, 'faces', name), '');
      const { status, stderr } = await crowd(
        folder,
        'partition',
        'DIR/votes.csv',
        '--out',
        'DIR/out',
        '--images',
        'DIR/faces',
      );
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(/faces: holds two images of task "img0": img0\.(png|jpg) and img0\.(png|jpg)\n$/),
      ]);
    });
  });

  test.each([
    [['infer'], "missing required argument 'votes'"],
    [['infer', 'v', '--method', 'vote'], 'Allowed choices are auto, mv, ds, one-coin, glad, raf, mace, hds.'],
    [
      ['infer', 'v', '--method', 'mv', '--smoothing', '1'],
      'mien: --smoothing: the method mv does not take it, only ds, one-coin, mace',
    ],
    [['infer', 'v', '--beta-init', 'entropy'], 'mien: --beta-init: the method auto does not take it, only raf'],
    [['infer', 'v', '--beta-range', '2,1', '--method', 'raf'], 'Expected LOW,HIGH above 0, such as 0.001,1000.'],
    [['infer', 'v', '--exclude-below', '0.5'], 'mien: --exclude-below: the method auto does not take it, only raf'],
    [['infer', 'v', '--tolerance', '-1'], 'Expected a number from 0.'],
    [['infer', 'v', '--codes', '1=bored'], 'unknown expression "bored"'],
    [['agreement', 'v', '--level', '1'], 'Expected a share above 0 and below 1.'],
    [['partition', 'v', '--exclude-below', '2'], 'Expected a share from 0 to 1.'],
    [['partition', 'v', '--images', 'faces'], '--images: has no use without --out'],
    [['simulate', '--out', 'v', '--classes', 'a,a'], 'Expected different names, got "a" twice.'],
    [['simulate', '--out', 'v', '--classes', 'a,'], 'Expected different names, got an empty one.'],
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
