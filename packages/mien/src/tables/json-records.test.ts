import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonReader } from './json-records.ts';

function read(text: string, chunk = 1 << 20): { rows: [number, unknown][]; problems: string[] } {
  const rows: [number, unknown][] = [];
  const problems: string[] = [];
  const reader = new JsonReader({
    record: (value, line) => rows.push([line, value]),
    onProblem: (line, reason) => problems.push(`${line}: ${reason}`),
    fatal: (line, reason) => {
      throw new Error(`${line}: ${reason}`);
    },
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  reader.end();
  return { rows, problems };
}

describe('JSON', () => {
  it('reads an object a line, with any line ends and blank lines', () => {
    for (const end of ['\n', '\r\n', '\r'])
      expect(read(`${end}{"a":1}${end}${end} {"a":"é\\n"}${end}`).rows).toEqual([
        [2, { a: 1 }],
        [4, { a: 'é\n' }],
      ]);
  });

  it('reads an array, on one line or over many', () => {
    expect(read('[{"a":"]}"},{"b":[{"c":1}]}]').rows).toEqual([
      [1, { a: ']}' }],
      [1, { b: [{ c: 1 }] }],
    ]);
    expect(read(JSON.stringify([{ a: 1, b: ['x'] }, { a: '"\\' }], null, 2)).rows).toEqual([
      [2, { a: 1, b: ['x'] }],
      [8, { a: '"\\' }],
    ]);
    expect(read('\n [ ] \n').rows).toEqual([]);
  });

  it("takes Python's NaN for null, outside texts", () => {
    expect(read('{"a": NaN, "b": [Infinity, -Infinity], "c": "x: NaN"}').rows).toEqual([
      [1, { a: null, b: [null, null], c: 'x: NaN' }],
    ]);
  });

  it('reports a wrong line, and goes on', () => {
    expect(read('{"a":1}\n{"a":\n[1]\n7\n{"a":2}')).toEqual({
      rows: [
        [1, { a: 1 }],
        [5, { a: 2 }],
      ],
      problems: ['2: is not JSON', '3: expected a JSON object', '4: expected a JSON object'],
    });
    expect(read('{\n "a": 1\n}').problems[0]).toBe('1: is not JSON: expected an object a line, or an array of objects');
    expect(read('[{"a":1},{"a"}, {"b":2}]')).toEqual({
      rows: [
        [1, { a: 1 }],
        [1, { b: 2 }],
      ],
      problems: ['1: is not JSON'],
    });
  });

  it.each([
    ['[{"a":1},\n{"a":', '2: the JSON array is not closed: the file is cut short'],
    ['[["a","b"]]', '1: expected an array of JSON objects, got "["'],
    ['[1]', '1: expected an array of JSON objects, got "1"'],
    ['[{"a":1}]\nx', '2: there is text after the end of the JSON array'],
    ['[{"a":1}{"a":2}]', '1: expected an array of JSON objects, got "{"'],
  ])('refuses %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it('reads what was written, however it is cut into chunks', () => {
    const row = fc
      .dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 })
      .filter((value) => !('__proto__' in value && Object.keys(value).length < 1));
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        (rows, pretty, chunk) => {
          const plain = JSON.parse(JSON.stringify(rows)) as unknown[];
          expect(
            read(JSON.stringify(rows, null, pretty ? 1 : undefined), chunk).rows.map(([, value]) => value),
          ).toEqual(plain);
          expect(read(rows.map((value) => JSON.stringify(value)).join('\n'), chunk).rows).toEqual(
            plain.map((value, i) => [i + 1, value]),
          );
        },
      ),
    );
  });
});
