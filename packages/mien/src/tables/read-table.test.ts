import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { findColumns, parseColumnChoice } from './columns.ts';
import { readTable, type ReadTableOptions } from './read-table.ts';
import { forEachTextLine } from './text-lines.ts';

/** Rows as objects of the columns that are named. */
async function read(
  content: string | Uint8Array,
  columns = ['name', 'n'],
  options: ReadTableOptions = {},
): Promise<Record<string, string>[]> {
  return withFiles({ 'table.csv': content }, async (folder) => {
    const rows: Record<string, string>[] = [];
    await readTable(
      join(folder, 'table.csv'),
      (header) => {
        const found = columns.map((name) => [name, header.find(name)] as const);
        return (row) =>
          rows.push(
            Object.fromEntries(found.map(([name, column]) => [name, column === undefined ? '–' : row.text(column)])),
          );
      },
      options,
    );
    return rows;
  });
}
const failure = (content: string | Uint8Array, columns?: string[]): Promise<string> =>
  read(content, columns).then(
    () => expect.fail('accepted'),
    (error: Error) => error.message.replace(/^.*table\.csv/, ''),
  );

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('encodings', () => {
  const text = 'name,n\ncafé,1\n日本😀,2\n';
  const expected = [
    { name: 'café', n: '1' },
    { name: '日本😀', n: '2' },
  ];

  it.each([
    ['UTF-8', text],
    ['UTF-8 with a mark', `\ufeff${text}`],
    ['UTF-16 LE', utf16(text)],
    ['UTF-16 BE', utf16(text, true)],
    ['gzip', gzipSync(text)],
    ['gzip of UTF-16', gzipSync(utf16(text))],
  ])('reads %s', async (_, content) => {
    expect(await read(content)).toEqual(expected);
  });

  it('reads characters that chunks cut', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `${'é'.repeat(i % 4)}日😀${i}`);
    expect((await read(`name,n\n${names.map((name) => `${name},1`).join('\n')}`)).map(({ name }) => name)).toEqual(
      names,
    );
  });

  it.each([
    [
      'Windows-1252',
      latin1('name,n\ncafe,1\ncafé,2\ncafè,3\n'),
      ':3: the text is not UTF-8 (byte E9): save the file as UTF-8',
    ],
    ['Latin-1 after CR', latin1('name,n\ra,1\rÿ,2\r'), ':3: the text is not UTF-8 (byte FF)'],
    ['a character cut off', Buffer.from('name,n\né').subarray(0, 8), ':2: the text is not UTF-8 (byte C3)'],
    ['Shift-JIS', Buffer.from([0x6e, 0x2c, 0x6d, 10, 0x93, 0xfa, 0x2c, 0x31]), ':2: the text is not UTF-8 (byte 93)'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 97, 0, 0, 0]), ': is UTF-32: save the file as UTF-8'],
    ['UTF-16 without a mark', Buffer.from('name,n\na,1', 'utf16le'), ': seems to be UTF-16 without a byte order mark'],
    [
      'half a surrogate',
      Buffer.concat([utf16('name,n\n'), Buffer.from([0, 0xd8, 97, 0])]),
      ': the text is not valid UTF-16',
    ],
    ['a workbook', Buffer.from('PK\x03\x04rest of it'), ': is an Excel workbook or another zip archive, not text'],
    ['a web page', '\n<!DOCTYPE html><html></html>', ': is a web page, not a table'],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\n', ': is a pointer of Git LFS'],
    ['a binary file', Buffer.alloc(3 << 20, 1), ': is not a text file'],
  ])('refuses %s', async (_, content, message) => {
    expect(await failure(content)).toContain(message.replace(/^:/, ''));
  });

  it('names the line far into a file', async () => {
    expect(
      await failure(Buffer.concat([Buffer.from(`name,n\n${'abc,1\n'.repeat(100_000)}`), latin1('é,1\n')])),
    ).toMatch(/^:100002: the text is not UTF-8/);
  });
});

describe('rows', () => {
  it('finds columns by name in any case, passes over others, unnamed ones and blank rows', async () => {
    expect(await read(',"Name",extra,N\n0,a,"x,y",1\n,,,\n\n1,b,,2,,\n')).toEqual([
      { name: 'a', n: '1' },
      { name: 'b', n: '2' },
    ]);
    expect(await read('name,n,\na,1\nb,2,\n')).toEqual([
      { name: 'a', n: '1' },
      { name: 'b', n: '2' },
    ]);
  });

  it('reads objects, in lines or in an array, whatever members each has', async () => {
    const rows = [{ Name: ' a ', n: 1, more: {} }, { name: 'b' }, { n: null, name: true }, {}];
    const expected = [
      { name: 'a', n: '1' },
      { name: 'b', n: '' },
      { name: 'true', n: '' },
    ];
    expect(await read(rows.map((row) => JSON.stringify(row)).join('\n'))).toEqual(expected);
    expect(await read(JSON.stringify(rows, null, 2))).toEqual(expected);
    expect(await read('{"name":[1,2],"n":{"a":1}}')).toEqual([{ name: '[1,2]', n: '{"a":1}' }]);
  });

  it.each([
    ['name,n\na,1\nb\n', ':3: expected 2 fields, got 1'],
    ['name,n\na,1,2\n', ':2: expected 2 fields, got 3 (a field that contains the separator needs quotes)'],
    ['name,n\n"a,1\n', ':2: broken quotes: a quoted field is not closed'],
    ['name,n,Name\na,1,b\n', ':1: two columns are called "name"'],
    ['{"name":"a"}\n{"name"\n', ':2: is not JSON'],
    ['{"name":{"0":"a","1":"b"},"n":{"0":1,"1":2}}', ':1: is a JSON object of columns: expected rows'],
  ])('refuses %j', async (content, message) => {
    expect(await failure(content)).toBe(
      message + (message.endsWith('rows') ? ', an object for each (of pandas: orient="records")' : ''),
    );
  });

  it('goes on after a problem, where it is told to', async () => {
    const problems: string[] = [];
    const rows = await read('name,n\na,1\nb\n"c"d,1\ne,2\n', undefined, {
      onProblem: (line, reason) => problems.push(`${line}: ${reason}`),
    });
    expect(rows.map(({ name }) => name)).toEqual(['a', 'e']);
    expect(problems).toEqual([
      '3: expected 2 fields, got 1',
      '4: broken quotes: there is text after the closing quote',
    ]);
  });

  it('takes names for a file without a header', async () => {
    expect(
      await read('a,1\nb,2\n', undefined, {
        namesWithoutHeader: (fields) => (fields[0] === 'name' ? undefined : ['name', 'n']),
      }),
    ).toEqual([
      { name: 'a', n: '1' },
      { name: 'b', n: '2' },
    ]);
  });

  it('says whether there was a header', async () => {
    await withFiles({ empty: '', blank: '\n \n', header: 'a,b\n', none: '[]' }, async (folder) => {
      const open = (name: string): Promise<boolean> => readTable(join(folder, name), () => () => undefined);
      expect(await Promise.all(['empty', 'blank', 'header', 'none'].map(open))).toEqual([false, false, true, false]);
    });
  });

  it('reads a pipe, and names what cannot be read', async () => {
    await withFiles({}, async (folder) => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const rows: string[] = [];
      await Promise.all([
        writeFile(pipe, gzipSync('name\na\n')),
        readTable(pipe, (header) => (row) => rows.push(row.text(header.find('name')!))),
      ]);
      expect(rows).toEqual(['a']);
      const open = (path: string): Promise<boolean> => readTable(path, () => () => undefined);
      await expect(open(join(folder, 'absent'))).rejects.toThrow(/absent: no such file/);
      await expect(open(folder)).rejects.toThrow(/is a folder, expected a file/);
      await expect(open('https://x.org/votes.csv')).rejects.toThrow(/is a URL/);
    });
  });
});

describe('columns', () => {
  const FIELDS = { task: ['task', 'item'], label: ['label', 'answer'], time: ['time'] } as const;
  const find = (content: string, choice?: string): Promise<Record<string, string>[]> =>
    withFiles({ 'table.csv': content }, async (folder) => {
      const rows: Record<string, string>[] = [];
      await readTable(join(folder, 'table.csv'), (header) => {
        const columns = findColumns(
          header,
          FIELDS,
          ['task', 'label'],
          choice === undefined ? undefined : parseColumnChoice(choice),
        );
        return (row) =>
          rows.push(Object.fromEntries(Object.entries(columns).map(([field, column]) => [field, row.text(column)])));
      });
      return rows;
    });

  it('prefers the first name, and what the user names', async () => {
    expect(await find('item,Answer,task\na,x,b\n')).toEqual([{ task: 'b', label: 'x' }]);
    expect(await find('item,"how, so",task\na,x,b\n', 'task=item,"label=how, so"')).toEqual([
      { task: 'a', label: 'x' },
    ]);
    expect(await find('{"item":"a","answer":"x","time":3}', 'label=answer')).toEqual([
      { task: 'a', label: 'x', time: '3' },
    ]);
  });

  it.each([
    [
      'task,n\n',
      undefined,
      'no column "label": expected task, label, possibly time; its columns are task, n. The option columns can name it: label=COLUMN',
    ],
    ['task,label\n', 'label=emotion', 'has no column "emotion": its columns are task, label'],
    ['task,label\n', 'worker=task', 'columns: there is no field "worker" here, expected task, label, time'],
    ['task,label\n', 'label', 'columns: expected FIELD=COLUMN,… such as task=photo,label=emotion, got "label"'],
  ])('%j with %j', async (content, choice, message) => {
    await expect(find(content, choice)).rejects.toThrow(message);
  });
});

it('reads lines of text with the same encodings and line ends', async () => {
  const lines: [string, number][] = [];
  await withFiles({ list: utf16('a 1\r\n\rb\n  c  ') }, (folder) =>
    forEachTextLine(join(folder, 'list'), (text, line) => lines.push([text, line])),
  );
  expect(lines).toEqual([
    ['a 1', 1],
    ['b', 3],
    ['c', 4],
  ]);
  await withFiles({ list: latin1('a\nb\né') }, (folder) =>
    expect(forEachTextLine(join(folder, 'list'), () => undefined)).rejects.toThrow(/list:3: the text is not UTF-8/),
  );
});
