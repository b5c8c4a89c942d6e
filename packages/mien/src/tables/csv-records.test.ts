import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader } from './csv-records.ts';
import type { Separator } from './separator.ts';

interface Read {
  readonly rows: { readonly line: number; readonly cells: readonly string[] }[];
  readonly problems: string[];
}

/** Reads a text in chunks of so many bytes. */
function read(
  text: string | Buffer,
  { separator, chunk = 1 << 20 }: { separator?: Separator; chunk?: number } = {},
): Read {
  const rows: Read['rows'] = [];
  const problems: string[] = [];
  const reader = new CsvReader(
    {
      record: (record) =>
        rows.push({ line: record.line, cells: Array.from({ length: record.count }, (_, i) => record.text(i)) }),
      onProblem: (line, reason) => problems.push(`${line}: ${reason}`),
      fatal: (line, reason) => {
        throw new Error(`${line}: ${reason}`);
      },
    },
    separator && [separator],
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  reader.end();
  return { rows, problems };
}
const cells = (text: string, separator?: Separator): (readonly string[])[] =>
  read(text, separator ? { separator } : {}).rows.map((row) => row.cells);

describe('records', () => {
  it('takes LF, CRLF and CR, mixed too', () => {
    for (const end of ['\n', '\r\n', '\r'])
      expect(cells(`a,b${end}1,2${end}3,4`)).toEqual([
        ['a', 'b'],
        ['1', '2'],
        ['3', '4'],
      ]);
    expect(read('a,b\r\n1,2\n3,4\r5,6\r\n').rows.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  });

  it('keeps line ends, separators and quotes within quotes, and counts the lines', () => {
    const { rows } = read('a,b\n"one\ntwo\r\nthree","say ""x"", y"\nlast,""\n');
    expect(rows).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['one\ntwo\r\nthree', 'say "x", y'] },
      { line: 5, cells: ['last', ''] },
    ]);
  });

  it('drops spaces around fields, and takes a quote within a field for a character', () => {
    expect(cells('a , b\n  x "y" z ,\t"q" \n')).toEqual([
      ['a', 'b'],
      ['x "y" z', 'q'],
    ]);
    expect(cells('height,n\n5\' 4",2\n')).toEqual([
      ['height', 'n'],
      ['5\' 4"', '2'],
    ]);
  });

  it.each([
    [
      'task;worker;label\n"a;b";w;x',
      [
        ['task', 'worker', 'label'],
        ['a;b', 'w', 'x'],
      ],
    ],
    [
      'task\tlabel, or none\na\tb, c',
      [
        ['task', 'label, or none'],
        ['a', 'b, c'],
      ],
    ],
    [
      'a|b\n1|2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      '"a;b",c\n1,2',
      [
        ['a;b', 'c'],
        ['1', '2'],
      ],
    ],
    [
      'sep=;\na;b,c\n1;2',
      [
        ['a', 'b,c'],
        ['1', '2'],
      ],
    ],
    ['\n \n"sep=\t"\na\tb\n', [['a', 'b']]],
    ['alone\nx', [['alone'], ['x']]],
  ])('finds the separator of %j', (text, expected) => {
    expect(cells(text)).toEqual(expected);
  });

  it('counts lines before the header', () => {
    expect(read('\n\nsep=,\na,b\n1,2').rows.map(({ line }) => line)).toEqual([4, 5]);
  });

  it('reports broken quotes, and goes on with the next line', () => {
    const { rows, problems } = read('a,b\n1,"x" y\n2,z\n3,"open\n4,5\n');
    expect(problems).toEqual([
      '2: broken quotes: there is text after the closing quote',
      '4: broken quotes: a quoted field is not closed',
    ]);
    expect(rows.map((row) => row.cells)).toEqual([
      ['a', 'b'],
      ['2', 'z'],
      ['4', '5'],
    ]);
  });

  it('does not wait for the end of a file to say that a quote is not closed, nor hold a line without end', () => {
    const long = `${'x'.repeat(999)}\n`.repeat(5000);
    expect(read(`a,b\n1,"${long}`, { chunk: 1 << 16 }).problems).toEqual([
      '2: broken quotes: a quoted field is not closed',
    ]);
    expect(() => read(`a,b\n${'x'.repeat(5 << 20)}`, { chunk: 1 << 16 })).toThrow('2: line longer than 4 MiB');
  });

  it('reads what was written, however it is cut into chunks', () => {
    const cell = fc
      .array(fc.constantFrom('a', 'b', ',', ';', '"', '\n', '\r', '\t', 'é', '😀', '0', '.'), { maxLength: 6 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 9 }),
        (rows, end, chunk) => {
          const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join(end);
          const got = read(text, { separator: ',', chunk });
          expect(got.problems).toEqual([]);
          expect(got.rows.map((row) => row.cells)).toEqual(
            rows.map((row) => row.map((value) => value.replace(/^[ \t\n\r]+|[ \t\n\r]+$/g, ''))),
          );
          const lineOf = (r: number): number =>
            1 +
            r +
            rows
              .slice(0, r)
              .flat()
              .join('|')
              .split(/\r\n|\r|\n/).length -
            1;
          expect(got.rows.map(({ line }) => line)).toEqual(rows.map((_, r) => lineOf(r)));
        },
      ),
    );
  });
});
