import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVotes } from './read-votes.ts';
import { createVotes, type Votes, type VotesOptions } from './votes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mien-votes-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function read(content: string | Uint8Array, options?: VotesOptions): Promise<Votes> {
  const file = join(folder, 'votes.csv');
  await writeFile(file, content);
  return readVotes(file, options);
}

describe('readVotes', () => {
  const expected = createVotes([
    { task: 'a,1', worker: 'Zoë', label: '0' },
    { task: 'b"2', worker: 'w', label: '1' },
  ]);

  it('reads CSV, whatever the order of columns, with quotes, a byte order mark, CRLF and a gzip', async () => {
    const csv = 'worker,Item,age,label\r\nZoë,"a,1",30,0\r\nw,"b""2",, 1 \r\n\r\n';
    expect(await read(csv)).toEqual(expected);
    expect(await read(`\ufeff${csv}`)).toEqual(expected);
    expect(await read(gzipSync(csv))).toEqual(expected);
  });

  it('reads JSONL, with numbers or texts', async () => {
    expect(
      await read('{"task":"a,1","worker":"Zoë","label":0}\n{"item":"b\\"2","worker":"w","label":"1","time":null}\n'),
    ).toEqual(expected);
  });

  it('reads times as seconds or dates', async () => {
    const votes = await read('task,worker,label,time\n1,a,x,2.5\n2,a,x,\n3,a,x,2026-01-02T03:04:05Z\n');
    expect(Array.from(votes.timeSeconds!)).toEqual([2.5, NaN, Date.UTC(2026, 0, 2, 3, 4, 5) / 1000]);
  });

  it('passes classes and duplicates on, and names lines', async () => {
    const csv = 'task,worker,label\n1,a,x\n1,a,y\n';
    await expect(read(csv)).rejects.toThrow(/votes\.csv: line 2 and line 3 are both of worker "a" on task "1"/);
    expect((await read(csv, { duplicates: 'last', classes: ['y', 'x'] })).label).toEqual(Int32Array.of(0));
    await expect(read(csv, { classes: ['x'] })).rejects.toThrow(
      /line 3 \(task "1", worker "a"\): label "y" is not one of the classes x/,
    );
    await expect(read('{"task":1,"worker":2,"label":3}\n{"task":1,"worker":2,"label":3}')).rejects.toThrow(
      /line 1 and line 2/,
    );
  });

  it.each([
    ['', /votes\.csv: is empty/],
    ['task,worker,label\n', /votes\.csv: no votes/],
    [
      'task,worker,felt\n1,2,3\n',
      /no column "label": expected task, worker, label, possibly time; its columns are task, worker, felt\. The option columns can name it: label=COLUMN/,
    ],
    ['portrait,worker,label\n', /no column "task"/],
    ['task,worker,label\n1,a,x\n2,a\n', /votes\.csv:3: expected 3 fields, got 2/],
    ['task,worker,label\n1,,x\n', /line 2: the worker is empty/],
    ['task,worker,label\n1,nan,x\n', /line 2: the worker is empty/],
    ['task,worker,label\n1,a,x,y\n', /votes\.csv:2: expected 3 fields, got 4/],
    ['task,worker,Label,label\n1,a,x,y\n', /votes\.csv:1: two columns are called "label"/],
    ['[{"task":1,"worker":2,"label":3}', /votes\.csv:1: the JSON array is not closed: the file is cut short/],
    [
      'task,worker,label,time\n1,a,x,-5\n',
      /votes\.csv:2: time: expected 0 seconds or more, or a date from 1970 on, got "-5"/,
    ],
    ['task,worker,label,time\n1,a,x,1969-01-01\n', /votes\.csv:2: time: expected 0 seconds or more/],
    ['task,worker,label\n1,a,"x\n', /votes\.csv:2: broken quotes: a quoted field is not closed$/],
    [
      'task,worker,label,time\n1,a,x,soon\n',
      /votes\.csv:2: time: expected seconds or a date, such as 2024-03-01T10:00:00Z, got "soon"/,
    ],
    ['{"task":1,"worker":2,"label":3}\n{"task":1\n', /votes\.csv:2: is not JSON/],
    ['{"task":1,"worker":2}\n', /votes\.csv: no column "label"/],
    ['{"task":1,"worker":2,"label":0}\n[1]\n', /votes\.csv:2: expected a JSON object/],
  ])('rejects %j', async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it('passes over blank lines, and counts them in the lines it names', async () => {
    expect(await read('\n \ntask,worker,label\n\n"a,1",Zoë,0\n\n"b""2",w,1\n\n')).toEqual(expected);
    await expect(read('\ntask,worker,label\n1,a,x\n\n\n1,a,y\n')).rejects.toThrow(
      /line 3 and line 6 are both of worker "a"/,
    );
    await expect(read('{"task":1,"worker":2,"label":3}\n\n{"task":1,"worker":2,"label":3}')).rejects.toThrow(
      /line 1 and line 3/,
    );
  });

  it('reads JSONL with spaces before it', async () => {
    expect(await read('  {"task":"a,1","worker":"Zoë","label":0}\n\t{"task":"b\\"2","worker":"w","label":1}')).toEqual(
      expected,
    );
  });

  it('takes large numbers for milliseconds', async () => {
    expect(
      Array.from((await read('task,worker,label,time\n1,a,x,1700000000123\n2,a,x,1700000000\n')).timeSeconds!),
    ).toEqual([1_700_000_000.123, 1_700_000_000]);
  });

  it('says how far it has read', async () => {
    const bytes: number[] = [];
    const content = `task,worker,label\n${Array.from({ length: 60_000 }, (_, i) => `${i},a,x\n`).join('')}`;
    await writeFile(join(folder, 'long.csv'), content);
    await readVotes(join(folder, 'long.csv'), { onProgress: (read) => bytes.push(read) });
    expect([bytes.length > 1, bytes.at(-1)]).toEqual([true, content.length]);
  });

  it('reads a pipe, gzipped or not', async () => {
    const fifo = join(folder, 'pipe');
    execFileSync('mkfifo', [fifo]);
    for (const content of [
      'task,worker,label\n"a,1",Zoë,0\n"b""2",w,1\n',
      gzipSync('task,worker,label\n"a,1",Zoë,0\n"b""2",w,1\n'),
    ]) {
      const [votes] = await Promise.all([readVotes(fifo), writeFile(fifo, content)]);
      expect(votes).toEqual(expected);
    }
  });

  it('names a file that is not there', async () => {
    await expect(readVotes(join(folder, 'none.csv'))).rejects.toThrow(/none\.csv: no such file/);
  });
});
