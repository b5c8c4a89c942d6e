/** `mien crowd`: the shape of its documents, its tables and files. Bad input: bad-input.test.ts. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawImage } from 'mienjs';
import { encodeImage } from 'mienjs/image/node';
import { METHOD_NAMES } from 'mienjs/crowd';
import { loadDataset } from 'mienjs/data/node';
import { captureOutput, CROWD_VOTES, csv, expectDefined, runMain, type Run, withFiles } from 'mien-testkit';
import { describe, expect, test } from 'vitest';
import { main } from '../main.ts';

/** Runs `mien crowd …` with `DIR` standing for the folder. */
const crowd = (folder: string, ...args: string[]): Promise<Run> =>
  runMain(main, ['crowd', ...args.map((arg) => arg.replace('DIR', folder))]);

const TRUTH = csv(['img0,happy', 'img1,sad', 'img2,fear', 'img3,anger', 'img4,anger'], 'task,truth');

describe('forms of votes', () => {
  const toloka = [
    'INPUT:image\tOUTPUT:result\tASSIGNMENT:worker_id\tASSIGNMENT:status',
    ...['a', 'b'].flatMap((task) => ['v', 'w', 'x'].map((worker) => `${task}\thappy\t${worker}\tAPPROVED`)),
  ].join('\n');

  test('what was recognised is said on stderr; the document is the same', async () => {
    await withFiles(
      {
        'export.tsv': toloka,
        'votes.csv': csv(['a', 'b'].flatMap((task) => ['v', 'w', 'x'].map((worker) => `${task},${worker},happy`))),
      },
      async (folder) => {
        const [exported, plain] = [
          await crowd(folder, 'infer', 'DIR/export.tsv', '--method', 'mv', '--json'),
          await crowd(folder, 'infer', 'DIR/votes.csv', '--method', 'mv', '--json'),
        ];
        expect([exported.status, exported.stderr, plain.stderr]).toEqual([
          0,
          `${folder}/export.tsv: read as toloka: task = INPUT:image, worker = ASSIGNMENT:worker_id, label = OUTPUT:result\n`,
          '',
        ]);
        const withoutSeconds = (text: string): unknown => ({ ...(JSON.parse(text) as object), seconds: 0 });
        expect(withoutSeconds(exported.stdout)).toEqual(withoutSeconds(plain.stdout));
      },
    );
  });

  test('counts have no workers: majority vote, and every vote weighs the same', async () => {
    await withFiles(
      { 'counts.csv': csv(['a.png,3,1,0', 'b.png,0,4,0', 'c.png,2,0,2'], 'image,happy,sad,surprise') },
      async (folder) => {
        const { status, stdout } = await crowd(folder, 'infer', 'DIR/counts.csv', '--json');
        expect(status).toBe(0);
        expect(JSON.parse(stdout)).toMatchObject({
          method: 'mv',
          tasks: { 'a.png': { label: 'happy', distribution: { happy: 0.75, sad: 0.25 } } },
          workers: {},
          warnings: [{ code: 'unknown-workers' }],
        });
        expect((await crowd(folder, 'infer', 'DIR/counts.csv')).stdout).toMatch(
          /^\S+: 12 votes, 3 tasks, workers unknown, 3 classes\nmv: /,
        );
        const compared = await crowd(folder, 'compare', 'DIR/counts.csv', '--json');
        expect(Object.keys((JSON.parse(compared.stdout) as { methods: object }).methods)).toEqual(['mv']);
        const parted = JSON.parse((await crowd(folder, 'partition', 'DIR/counts.csv', '--json')).stdout) as {
          method: string;
          excluded: string[];
          subsets: Record<string, { images: number }>;
        };
        expect(parted).toMatchObject({
          method: 'mv',
          excluded: [],
          subsets: { single: { images: 1 }, compound: { images: 1 }, 'unnamed-pair': { images: 1 } },
        });
      },
    );
  });

  test('labels and classes with commas, in quotes', async () => {
    await withFiles({ 'v.csv': csv(['a,v,"happy, very"', 'a,w,sad', 'a,x,"happy, very"']) }, async (folder) => {
      const { status, stdout } = await crowd(
        folder,
        'infer',
        'DIR/v.csv',
        '--method',
        'mv',
        '--classes',
        '"happy, very",sad',
        '--json',
      );
      expect([status, JSON.parse(stdout)]).toMatchObject([
        0,
        { classes: ['happy, very', 'sad'], tasks: { a: { label: 'happy, very' } } },
      ]);
    });
  });

  test('columns are named, of the votes and of the truth', async () => {
    await withFiles(
      {
        'v.csv': csv(['a,v,happy', 'a,w,happy', 'b,v,sad', 'b,w,sad'], 'photo,who,felt'),
        't.csv': csv(['a,happy', 'b,fear'], 'photo,really'),
      },
      async (folder) => {
        const { status, stdout } = await crowd(
          folder,
          'infer',
          'DIR/v.csv',
          '--columns',
          'task=photo,worker=who',
          '--columns',
          'label=felt',
          '--method',
          'mv',
          '--classes',
          'happy,sad,fear',
          '--truth',
          'DIR/t.csv',
          '--truth-columns',
          'task=photo,truth=really',
          '--json',
        );
        expect([status, JSON.parse(stdout)]).toMatchObject([0, { truth: { n: 2, accuracy: 0.5 } }]);
      },
    );
  });
});

describe('infer', () => {
  test('without --method the votes choose, and the text, the document and the page say why', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => `t${i % 40},w${i},${i % 7 === 0 ? 'sad' : 'happy'}`); // one vote a worker
    await withFiles({ 'votes.csv': csv(rows) }, async (folder) => {
      const { status, stdout } = await crowd(folder, 'infer', 'DIR/votes.csv', '--json', '--report', 'DIR/report');
      const { method, choice } = JSON.parse(stdout) as {
        method: string;
        choice: { reason: string; candidates: object[]; votesHeldOut: number };
      };
      expect([status, choice.candidates.length, choice.votesHeldOut]).toEqual([0, 3, 120]);
      expect(['mv', 'hds']).toContain(method);
      expect((await crowd(folder, 'infer', 'DIR/votes.csv')).stdout).toContain(
        `\nchosen by the votes: ${choice.reason}\n`,
      );
      expect(
        (await crowd(folder, 'infer', 'DIR/votes.csv', '--method', 'auto', '--max-iterations', '5')).stdout,
      ).toContain(choice.reason);
      expect(await readFile(join(folder, 'report/report.html'), 'utf8')).toContain(
        choice.reason.replaceAll("'", '&#39;'),
      );
    });
  });

  test.each(METHOD_NAMES)('%s: one JSON document of the contract', async (method) => {
    await withFiles({ 'votes.csv': CROWD_VOTES, 'truth.csv': TRUTH }, async (folder) => {
      const { status, stdout, stderr } = await crowd(
        folder,
        'infer',
        'DIR/votes.csv',
        '--method',
        method,
        '--truth',
        'DIR/truth.csv',
        '--json',
      );
      expect([status, stderr]).toEqual([0, '']);
      expectDefined(stdout);
      const document = JSON.parse(stdout) as {
        tasks: Record<string, { label: string; distribution: Record<string, number> }>;
        workers: Record<string, { reliability: number; parameters?: object }>;
      };
      expect(Object.keys(document)).toEqual([
        'method',
        'choice',
        'classes',
        'tasks',
        'workers',
        'logLikelihood',
        'penalisedLogLikelihood',
        'iterations',
        'converged',
        'seconds',
        'ties',
        ...(method === 'raf' ? ['excluded'] : []),
        'warnings',
        'truth',
      ]);
      expect(document).toMatchObject({
        method,
        choice: null,
        classes: ['anger', 'fear', 'happy', 'sad', 'surprise'],
        truth: { n: 5, accuracy: 0.8, withoutVotes: [] },
      });
      expect(Object.values(document.tasks).map(({ label }) => label)).toEqual([
        'happy',
        'sad',
        'fear',
        'anger',
        'surprise',
      ]);
      for (const { distribution } of Object.values(document.tasks))
        expect(Object.values(distribution).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      expect(Object.keys(document.workers)).toEqual(['ann', 'bob', 'cyd', 'dan']);
      expect(Object.keys(document.workers['ann']!)).toEqual([
        'reliability',
        'votes',
        'compared',
        'accuracy',
        'kappa',
        'medianSeconds',
        'flag',
        ...(method === 'mv' ? [] : ['parameters']),
      ]);
      const { reliability, parameters } = document.workers['ann']!;
      const confusion = Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => expect.any(Number) as number));
      const EXPECTED: Record<string, unknown> = {
        ds: { confusion },
        hds: { confusion },
        'one-coin': { accuracy: reliability },
        glad: { alpha: reliability },
        raf: { alpha: reliability },
        mace: { competence: reliability, spam: Array.from({ length: 5 }, () => expect.any(Number) as number) },
      };
      expect(parameters).toEqual(EXPECTED[method]);
      expect(Object.values(document.tasks).map((task) => 'difficulty' in task)).toEqual(
        Array(5).fill(method === 'glad' || method === 'raf'),
      );
    });
  });

  test('prints a table, and writes labels and report into folders that it makes', async () => {
    await withFiles({ 'votes.csv': CROWD_VOTES, 'truth.csv': TRUTH }, async (folder) => {
      const { status, stdout, stderr } = await crowd(
        folder,
        'infer',
        'DIR/votes.csv',
        '--truth',
        'DIR/truth.csv',
        '--out',
        'DIR/new/labels.csv',
        '--report',
        'DIR/report',
        '--workers',
        'DIR/workers.jsonl',
      );
      expect([status, stderr]).toEqual([0, `report: ${folder}/report/report.html\n`]);
      expect(stdout).toMatch(
        /votes\.csv: 20 votes, 5 tasks, 4 workers, 5 classes\nmv: 0 rounds in .*\nchosen by the votes: Majority vote: .*\n\nclass +tasks\nanger +1\n/,
      );
      expect(stdout).toContain('accuracy 80.00 % of 5 tasks with truth');
      const [header, first] = (await readFile(join(folder, 'new/labels.csv'), 'utf8')).split('\n');
      expect(header).toBe('task,label,confidence,anger,fear,happy,sad,surprise');
      expect(first).toMatch(/^img0,happy,/);
      const dan = JSON.parse((await readFile(join(folder, 'workers.jsonl'), 'utf8')).split('\n')[3]!) as object;
      // one task of each class, all called happy
      expect(dan).toMatchObject({
        worker: 'dan',
        votes: 5,
        compared: 5,
        accuracy: 0.2,
        kappa: 0,
        medianSeconds: null,
        flag: null,
        confusion: [0, 1, 2, 3, 4].map(() => [0, 0, 1, 0, 0]),
      });
      const report = await readFile(join(folder, 'report/report.html'), 'utf8');
      expectDefined(report, stdout);
      for (const part of [
        'Labels inferred from',
        '<h2>Workers</h2>',
        'What votes confuse',
        'Truth and inferred labels',
        'img0',
      ])
        expect(report).toContain(part);
      expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
    });
  });

  test('GLAD and RAF write difficulties; RAF lists who is below the threshold', async () => {
    await withFiles({ 'votes.csv': CROWD_VOTES }, async (folder) => {
      const run = async (
        ...options: string[]
      ): Promise<{
        workers: Record<string, { reliability: number }>;
        tasks: Record<string, { difficulty: number }>;
        excluded: string[];
      }> => {
        const { status, stdout } = await crowd(
          folder,
          'infer',
          'DIR/votes.csv',
          '--method',
          'raf',
          '--json',
          ...options,
        );
        expect(status).toBe(0);
        return JSON.parse(stdout) as Awaited<ReturnType<typeof run>>;
      };
      const first = await run(
        '--exclude-below',
        '0.9',
        '--beta-range',
        '0.5,2',
        '--out',
        'DIR/labels.csv',
        '--workers',
        'DIR/workers.jsonl',
      );
      expect(first.excluded).toEqual(['dan']);
      for (const { difficulty } of Object.values(first.tasks)) expect(difficulty >= 0.5 && difficulty <= 2).toBe(true);
      const [header, row] = (await readFile(join(folder, 'labels.csv'), 'utf8')).split('\n');
      expect(header).toMatch(/,surprise,difficulty$/);
      expect(Number(row!.split(',').at(-1))).toBeCloseTo(first.tasks['img0']!.difficulty, 5);
      expect(JSON.parse((await readFile(join(folder, 'workers.jsonl'), 'utf8')).split('\n')[3]!)).toMatchObject({
        worker: 'dan',
        parameters: { alpha: first.workers['dan']!.reliability },
      });
      expect((await run('--exclude-below', '1.5')).excluded).toEqual(['ann', 'bob', 'cyd', 'dan']);
      expect(
        (await crowd(folder, 'infer', 'DIR/votes.csv', '--method', 'raf', '--exclude-below', '0.9')).stdout,
      ).toContain('below the threshold of reliability: 1 worker (dan)');
    });
  });

  test('labels as JSONL; codes give the labels names', async () => {
    await withFiles(
      { 'votes.jsonl': '{"item":"a","worker":1,"label":4,"time":3}\n{"item":"a","worker":2,"label":4,"time":5}\n' },
      async (folder) => {
        const { status } = await crowd(
          folder,
          'infer',
          'DIR/votes.jsonl',
          '--method',
          'mv',
          '--codes',
          'raf-db',
          '--out',
          'DIR/labels.jsonl',
        );
        expect(status).toBe(0);
        const row = JSON.parse(await readFile(join(folder, 'labels.jsonl'), 'utf8')) as object;
        expect(row).toEqual({
          task: 'a',
          label: 'happiness',
          confidence: 1,
          distribution: { neutral: 0, happiness: 1, surprise: 0, sadness: 0, anger: 0, disgust: 0, fear: 0 },
        });
      },
    );
  });

  test('names in a report cannot break the page', async () => {
    await withFiles({ 'votes.csv': csv(['<b>&x,<script>alert(1)</script>,happy']) }, async (folder) => {
      expect((await crowd(folder, 'infer', 'DIR/votes.csv', '--report', 'DIR/report')).status).toBe(0);
      expect(await readFile(join(folder, 'report/report.html'), 'utf8')).not.toMatch(/<script|<b>/);
    });
  });
});

describe('truth of tasks without votes', () => {
  test('is said and counts for nothing', async () => {
    await withFiles({ 'votes.csv': CROWD_VOTES, 'truth.csv': `${TRUTH}gone,happy\n` }, async (folder) => {
      const inferred = await crowd(folder, 'infer', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--json');
      expect([inferred.status, inferred.stderr]).toEqual([
        0,
        `${folder}/truth.csv: 1 task (gone) without votes, which count for nothing\n`,
      ]);
      expect(JSON.parse(inferred.stdout)).toMatchObject({ truth: { n: 5, accuracy: 0.8, withoutVotes: ['gone'] } });
    });
  });

  test('of none of the tasks: accuracy is undefined', async () => {
    await withFiles({ 'votes.csv': CROWD_VOTES, 'truth.csv': csv(['gone,happy'], 'task,truth') }, async (folder) => {
      const compared = await crowd(folder, 'compare', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--json');
      expectDefined(compared.stdout);
      expect(JSON.parse(compared.stdout)).toMatchObject({ methods: { ds: { n: 0, accuracy: null } } });
      expect((await crowd(folder, 'infer', 'DIR/votes.csv', '--truth', 'DIR/truth.csv')).stdout).toContain(
        'accuracy: none of the tasks has a truth',
      );
    });
  });
});

test('compare: every method with its accuracy and the labels it shares with the others', async () => {
  await withFiles({ 'votes.csv': CROWD_VOTES, 'truth.csv': TRUTH }, async (folder) => {
    const { status, stdout } = await crowd(folder, 'compare', 'DIR/votes.csv', '--truth', 'DIR/truth.csv', '--json');
    const { methods } = JSON.parse(stdout) as {
      methods: Record<string, { accuracy: number; sameLabels: Record<string, number> }>;
    };
    expect([status, Object.keys(methods)]).toEqual([0, [...METHOD_NAMES]]);
    expect(methods['mv']).toMatchObject({ accuracy: 0.8, sameLabels: { mv: 1, ds: 1 } });
    expect((await crowd(folder, 'compare', 'DIR/votes.csv')).stdout).toMatch(/^mv +– /m);
  });
});

describe('partition', () => {
  /**
   * happy; sad and fearful; neutral and angry; three classes; happy and sad. Ten workers a task, so that g's mean is
   * 10/7.
   */
  const shares: Record<string, Record<string, number>> = {
    a: { happy: 10 },
    b: { sad: 6, fear: 4 },
    c: { neutral: 5, angry: 5 },
    d: { sad: 4, fear: 3, disgust: 3 },
    e: { happy: 5, sad: 5 },
  };
  const votes = csv(
    Object.entries(shares).flatMap(([task, counts]) =>
      Object.entries(counts)
        .flatMap(([label, n]) => Array.from({ length: n }, () => label))
        .map((label, w) => `${task},w${w},${label}`),
    ),
  );

  test('counts the subsets, and writes manifests that load as a dataset', async () => {
    await withFiles({ 'votes.csv': votes }, async (folder) => {
      await mkdir(join(folder, 'faces'));
      for (const task of Object.keys(shares))
        await writeFile(
          join(folder, 'faces', `${task}.png`),
          await encodeImage(rawImage(48, 48, 1, new Uint8Array(48 * 48).fill(90)), 'png'),
        );
      const { status, stdout } = await crowd(
        folder,
        'partition',
        'DIR/votes.csv',
        '--method',
        'mv',
        '--images',
        'DIR/faces',
        '--out',
        'DIR/set/x',
        '--validation',
        '0',
        '--test',
        '0',
        '--json',
      );
      expect(status).toBe(0);
      const document = JSON.parse(stdout) as { files: Record<string, number> };
      expect(document).toMatchObject({
        method: 'mv',
        tasks: 5,
        workers: 10,
        excluded: [],
        subsets: {
          single: { images: 1, share: 0.2 },
          compound: { images: 1 },
          'with-neutral': { images: 1 },
          'three-or-more': { images: 1 },
          'unnamed-pair': { images: 1 },
          tie: { images: 0 },
        },
        singles: { happiness: 1, neutral: 0 },
        compounds: { 'sadly fearful': 1 },
      });
      expect(Object.values(document.files)).toEqual([1, 1, 3]);
      const two = JSON.parse(await readFile(join(folder, 'set/x/two-label.jsonl'), 'utf8')) as object;
      expect(two).toMatchObject({
        image: '../../faces/b.png',
        split: 'train',
        task: 'b',
        compound: 'sadly fearful',
        distribution: { happiness: 0 },
      });
      const single = await loadDataset('manifest', join(folder, 'set/x/single-label.jsonl'));
      expect([...(await single.loadSplit('train', 'train')).labels]).toEqual([1]);
      expect([
        ...(await (await loadDataset('manifest', join(folder, 'set/x/other.jsonl'))).loadSplit('train', 'train'))
          .labels,
      ]).toEqual([-1, -1, -1]);

      const hard = await crowd(
        folder,
        'partition',
        'DIR/votes.csv',
        '--method',
        'mv',
        '--out',
        'DIR/hard',
        '--labels',
        'hard',
      );
      expect(hard.stdout).toMatch(
        /single-label +1 +20\.00 %\ntwo-label +1 +20\.00 %\nother +3 +60\.00 %\n {2}with-neutral/,
      );
      expect(JSON.parse(await readFile(join(folder, 'hard/single-label.jsonl'), 'utf8'))).toEqual({
        image: 'a',
        split: expect.any(String) as string,
        label: 'happiness',
        task: 'a',
      });
      await expect(readFile(join(folder, 'hard/two-label.jsonl'))).rejects.toThrow('ENOENT');

      await writeFile(join(folder, 'set/x/notes.txt'), '');
      await crowd(folder, 'partition', 'DIR/votes.csv', '--method', 'mv', '--out', 'DIR/set/x', '--labels', 'hard');
      expect((await readdir(join(folder, 'set/x'))).sort()).toEqual(['notes.txt', 'single-label.jsonl']);
    });
  });

  test('training refuses a manifest with other classes than the recipe', async () => {
    const line = (split: string): string => JSON.stringify({ image: 'a.png', split, label: 'contempt' });
    await withFiles(
      {
        'a.png': await encodeImage(rawImage(48, 48, 1, new Uint8Array(48 * 48)), 'png'),
        'm.jsonl': `${line('train')}\n${line('validation')}\n`,
      },
      async (folder) => {
        const { result, stderr } = await captureOutput(() =>
          main(['train', 'compact.manifest', '--data', `manifest=${folder}/m.jsonl`, '--out', `${folder}/run`]),
        );
        expect([result, stderr]).toEqual([
          1,
          expect.stringMatching(
            /^mien: compact\.manifest: output logits learns neutral, [^\n]*, but the labels of manifest are neutral, [^\n]*contempt\n$/,
          ),
        ]);
      },
    );
  });
});

test('simulate: the same options give the same files, which infer reads', async () => {
  await withFiles({}, async (folder) => {
    const args = [
      'simulate',
      '--tasks',
      '60',
      '--workers',
      '12',
      '--votes-per-task',
      '4-6',
      '--seed',
      '7',
      '--mix',
      'reliable=5,spammer=1',
    ];
    const first = await crowd(
      folder,
      ...args,
      '--out',
      'DIR/v.csv',
      '--truth',
      'DIR/t.csv',
      '--annotators',
      'DIR/a.csv',
      '--json',
    );
    expect(first.status).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      tasks: 60,
      workers: 12,
      kinds: { reliable: 10, spammer: 2, careless: 0 },
    });
    await crowd(folder, ...args, '--out', 'DIR/v.jsonl');
    const inferred = await Promise.all(
      ['v.csv', 'v.jsonl'].map((name) => readFile(join(folder, name), 'utf8').then((text) => text.split('\n').length)),
    );
    expect(inferred[0]! - 1).toBe(inferred[1]);
    const fromCsv = JSON.parse(
      (await crowd(folder, 'infer', 'DIR/v.csv', '--truth', 'DIR/t.csv', '--json')).stdout,
    ) as { tasks: unknown; truth: { accuracy: number } };
    const fromJson = JSON.parse((await crowd(folder, 'infer', 'DIR/v.jsonl', '--json')).stdout) as { tasks: unknown };
    expect(fromJson.tasks).toEqual(fromCsv.tasks);
    expect(fromCsv.truth.accuracy).toBeGreaterThan(0.8);
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toMatch(/^worker,kind,alpha\nworker-01,(reliable|spammer),/);
  });
});

test('adaptive: says what is saved and what is lost, the same each time', async () => {
  await withFiles({}, async (folder) => {
    const args = ['adaptive', '--crowds', '2', '--tasks', '80', '--workers', '12', '--votes-per-task', '5,9'];
    const run = () => crowd(folder, ...args, '--method', 'one-coin', '--json');
    const first = await run();
    expect(await run()).toEqual(first);
    const { rows } = JSON.parse(first.stdout) as { rows: { votesPerTask: number; saved: number }[] };
    expect(rows.map(({ votesPerTask }) => votesPerTask)).toEqual([5, 9]);
    expect(rows[1]!.saved).toBeGreaterThan(rows[0]!.saved);
    expect(await crowd(folder, ...args, '--votes-per-task', '13')).toMatchObject({
      status: 1,
      stderr: 'mien: --votes-per-task: expected at most the 12 workers of a group, got 13\n',
    });
  });
});
