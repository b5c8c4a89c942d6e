/**
 * The command line's contract: exit statuses, one line of error, JSON on stdout alone; and the verbs models and data.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RECIPES } from 'mienjs/recipes';
import { captureOutput, officialCsv, runMain, type Run, withFiles } from 'mien-testkit';
import { exportModel } from 'mienjs/train';
import { describe, expect, it } from 'vitest';
import { verifyModel } from './commands/models.ts';
import { createProgram, loadVerbs, main } from './main.ts';
import { formatSeconds, reportFailure, ReportedFailure } from './output.ts';

const mien = (...args: string[]): Promise<Run> => runMain(main, args);

const VERBS = createProgram(await loadVerbs()).commands.map((command) => command.name());

describe('usage', () => {
  it('prints help and version, status 0', async () => {
    const help = await mien('--help');
    expect(help.status).toBe(0);
    for (const verb of VERBS) expect(help.stdout).toMatch(new RegExp(`^  ${verb}`, 'm'));
    expect(await mien('--version')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      stderr: '',
    });
  });
  it.each(VERBS)('loads %s alone where it is named', async (verb) => {
    const program = createProgram(await loadVerbs(['--force', verb, 'photo.jpg']));
    expect(program.commands.map((command) => command.name())).toEqual([verb]);
  });
  it('lists all where help comes first', async () => {
    const { stdout } = await mien('--help', 'recognize');
    for (const verb of VERBS) expect(stdout).toContain(`  ${verb} `);
  });
  it.each(VERBS)('%s --help', async (verb) => {
    const { status, stdout } = await mien(verb, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: mien');
  });
  it.each([
    { args: ['frobnicate'], error: "unknown command 'frobnicate'" },
    { args: ['recognize'], error: "missing required argument 'inputs'" },
    { args: ['recognize', 'a.jpg', '--format', 'xml'], error: "argument 'xml' is invalid" },
    { args: ['recognize', 'a.jpg', '--json', '--format', 'csv'], error: 'cannot be used with' },
    { args: ['recognize', 'a.jpg', '--device', 'abacus'], error: "argument 'abacus' is invalid" },
  ])('$args is a usage error: status 2, one line', async ({ args, error }) => {
    const { status, stdout, stderr } = await mien(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^mien: [^\n]*\n$/);
    expect(stderr).toContain(error);
  });
});

describe('models', () => {
  it('says which models there are when one is unknown', async () => {
    for (const args of [
      ['models', 'show', 'nonesuch'],
      ['recognize', 'a.jpg', '--model', 'nonesuch'],
    ]) {
      const { status, stdout, stderr } = await mien(...args);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^mien: nonesuch: is not a model: [^\n]* or the path of an \.onnx file\n$/);
    }
  });

  it('refuses a corrupt model with one line', async () => {
    const sound = exportModel(RECIPES[0]!, new Map());
    const files = { 'text.onnx': 'not a model', 'empty.onnx': '', 'cut.onnx': sound.subarray(0, sound.length / 2) };
    await withFiles(files, async (folder) => {
      for (const name of [...Object.keys(files), 'missing.onnx']) {
        const path = join(folder, name);
        const { status, stdout, stderr } = await mien('recognize', 'a.jpg', '--model', path);
        expect([status, stdout]).toEqual([1, '']);
        expect(stderr.startsWith(`mien: ${path}: `)).toBe(true);
        expect(stderr.indexOf('\n')).toBe(stderr.length - 1);
        expect(stderr).not.toContain('unexpected');
      }
    });
  });

  it('lists as JSON', async () => {
    const { status, stdout } = await mien('models', '--json');
    expect(status).toBe(0);
    expect(Array.isArray((JSON.parse(stdout) as { models: unknown }).models)).toBe(true);
  });

  it('verifies that file, contract and card belong together', async () => {
    const bytes = exportModel(RECIPES[0]!, new Map());
    await withFiles({ 'default.onnx': bytes, 'other.onnx': bytes }, async (folder) => {
      const file = (name: string) => ({
        name,
        path: join(folder, `${name}.onnx`),
        cardPath: join(folder, `${name}.json`),
      });
      await expect(verifyModel(file('other'))).rejects.toThrow('its metadata name it "default", expected "other"');
      await expect(verifyModel(file('default'))).rejects.toThrow('so the model default has no card');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await writeFile(join(folder, 'default.json'), JSON.stringify(cardWith(sha256)));
      await verifyModel(file('default'));
      await writeFile(join(folder, 'default.json'), JSON.stringify(cardWith(sha256.replace(/./g, '0'))));
      await expect(verifyModel(file('default'))).rejects.toThrow(`has SHA-256 ${sha256}, but its card says 000`);
      await writeFile(join(folder, 'default.json'), '{}');
      await expect(verifyModel(file('default'))).rejects.toThrow('is not a model card');
    });
  });
});

describe('data', () => {
  it('lists the datasets', async () => {
    const { status, stdout } = await mien('data', 'list', '--json');
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as { datasets: { name: string }[] }).datasets.map((d) => d.name)).toEqual(
      expect.arrayContaining(['fer2013', 'ferplus', 'manifest']),
    );
  });

  it('passes a sound file', async () => {
    await withFiles(
      {
        'fer2013.csv': officialCsv([
          { emotion: 3, usage: 'Training' },
          { emotion: 0, usage: 'PublicTest' },
        ]),
      },
      async (folder) => {
        const { status, stdout } = await mien('data', 'check', 'fer2013', folder);
        expect(status).toBe(0);
        expect(stdout).toContain('Training: 1 images (happiness 1)');
        expect(stdout).toContain('is sound');
      },
    );
  });

  it('says what is wrong with a damaged file, line by line: status 1', async () => {
    const rows = [
      { emotion: 3, usage: 'Training' },
      { emotion: 9, usage: 'Training' },
      { emotion: 1, usage: 'Training', pixels: '1 2 3' },
    ];
    await withFiles({ 'fer2013.csv': officialCsv(rows) }, async (folder) => {
      const text = await mien('data', 'check', 'fer2013', join(folder, 'fer2013.csv'));
      expect(text.status).toBe(1);
      expect(text.stdout).toMatch(/error: .*fer2013\.csv:3: /);
      expect(text.stdout).toMatch(/error: .*fer2013\.csv:4: /);
      expect(text.stdout).toContain('has 2 errors');
      const json = await mien('data', 'check', 'fer2013', folder, '--json');
      expect(json.status).toBe(1);
      const { ok, findings } = JSON.parse(json.stdout) as { ok: boolean; findings: { severity: string }[] };
      expect([ok, findings.filter(({ severity }) => severity === 'error').length]).toEqual([false, 2]);
    });
  });

  it('names an unknown dataset', async () => {
    expect(await mien('data', 'check', 'fer2031', '.')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^mien: fer2031: unknown dataset: expected one of .*fer2013, ferplus, .*manifest, folder\b.*\n$/,
      ) as string,
    });
  });
});

describe('errors about odd input', () => {
  const LONG = `\u001b[2J${'long '.repeat(2000)}\u0007`;
  it.each([
    ['recognize', LONG],
    ['recognize', 'a.jpg', '--format', LONG],
    ['recognize', 'a.jpg', '--model', LONG],
    ['explain', LONG.replaceAll(' ', '_')],
    [LONG],
    ['models', 'show', LONG],
    ['data', 'check', LONG, '.'],
    ['data', 'protocols', LONG],
    ['train', LONG],
    ['evaluate', 'default', '--data', LONG],
    ['evaluate', 'default', '--data', `${LONG}=${LONG}`],
    ['crowd', 'infer', LONG],
    ['crowd', 'infer', 'x.csv', '--codes', LONG],
    ['crowd', 'simulate', '--out', LONG, '--mix', LONG],
    ['crowd', 'agreement', 'x.csv', '--level', LONG],
  ])('%s: one line, of which little is the input', async (...args) => {
    const { status, stdout, stderr } = await mien(...args);
    // The table of `recognize` has a line for each file, by its whole name
    expect([status > 0, stdout.replace(/^[^\n]*: failed\n$/, '')]).toEqual([true, '']);
    expect(stderr).toMatch(/^mien: [^\n]*\n$/);
    expect(/[\u0007\u001b]/.test(stdout + stderr)).toBe(false);
    expect(stderr.match(/long /g)?.length ?? 0).toBeLessThanOrEqual(80);
  });

  it.each([
    ['a label', 'task,worker,label\na,x,LONG\n'],
    ['a name', 'task,worker,label\na,LONG,1\na,LONG,2\n'],
    ['a header', 'LONG,LONG\n1,2\n'],
    ['a line of JSON', '{"task": LONG\n'],
    ['a time', 'task,worker,label,time\na,x,1,LONG\n'],
  ])('%s of votes', async (_, text) => {
    await withFiles({ 'votes.csv': text.replaceAll('LONG', LONG) }, async (folder) => {
      const { stdout, stderr } = await mien('crowd', 'infer', join(folder, 'votes.csv'), '--classes', '1,2');
      expect([stdout, stderr.endsWith('\n'), /[\u0007\u001b]/.test(stderr)]).toEqual(['', true, false]);
      expect(stderr.match(/long /g)?.length ?? 0).toBeLessThanOrEqual(80);
    });
  });
});

describe('failures', () => {
  it('marks unexpected errors, and shows their stack when asked', async () => {
    const short = await captureOutput(() => Promise.resolve(reportFailure(new TypeError('x is\n undefined'), false)));
    expect(short).toMatchObject({
      result: 1,
      stdout: '',
      stderr: 'mien: x is undefined (unexpected; --verbose shows where)\n',
    });
    const long = await captureOutput(() => Promise.resolve(reportFailure(new TypeError('x'), true)));
    expect(long.stderr).toContain('main.test.ts');
  });
  it('prints nothing more where all is reported', async () => {
    expect(await captureOutput(() => Promise.resolve(reportFailure(new ReportedFailure(), true)))).toMatchObject({
      result: 1,
      stderr: '',
    });
  });
});

it('formats times', () => {
  expect([0.2, 75, 3700].map(formatSeconds)).toEqual(['0:00', '1:15', '1:01:40']);
});

it("runs from the installed script's entry", async () => {
  const { bin } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    bin: { mien: string };
  };
  expect(await readFile(new URL(`../${bin.mien}`, import.meta.url), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
});

/** A model card with this digest. */
function cardWith(sha256: string): object {
  return {
    version: 1,
    name: 'default',
    recipe: 'default',
    title: '',
    paper: null,
    notes: null,
    sha256,
    bytes: 1,
    parameters: 1,
    input: { width: 48, height: 48, channels: 'grey', framing: 'fer2013' },
    heads: [{ output: 'ferplus', classes: [], trainedOn: 'ferplus', temperature: 1 }],
    data: {
      dataset: 'ferplus',
      trainSplit: 'Training',
      trainImages: 1,
      validationSplit: 'PublicTest',
      validationImages: 1,
      licence: '',
    },
    training: { seed: 1, epochs: 1, bestEpoch: 1, batchSize: 1, wallSeconds: 0, date: '2026-01-01' },
    hardware: { cpu: '', cores: 1, device: 'cpu', node: '', onnxruntime: '' },
    metrics: [],
    expected: [],
    intendedUse: '',
    limits: [],
  };
}
