/** What outside text becomes in messages. */
import { describe, expect, it } from 'vitest';
import { InputError, MienError, ShapeError } from './errors.ts';
import { escapeControls, excerpt, printable } from './printable.ts';

describe('text from outside', () => {
  it.each([
    ['\u001b[2Jred', '\\x1b[2Jred'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
    ['caf\udce9.jpg', 'caf\\xe9.jpg'],
    ['gpj.\u202etxt', 'gpj.\\u202etxt'],
    ['\u2028', '\\u2028'],
    ['\ud800', '\\ud800'],
    ['naïve 😀 顔', 'naïve 😀 顔'],
  ])('%j is shown as %s', (text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('is cut to 200 characters, beginning and end', () => {
    expect(excerpt('x'.repeat(200))).toHaveLength(200);
    const cut = excerpt(`${'a'.repeat(5000)}end`);
    expect(cut).toHaveLength(200);
    expect(cut).toMatch(/^a+…a+end$/);
  });
});

describe('messages', () => {
  it('are one line, however the input is broken', () => {
    expect(printable('first\n  second\r\nthird')).toBe('first second third');
  });

  it.each([
    ['a quoted cell', `is "${'x y '.repeat(5000)}", expected a number`],
    ['a word', `is ${'x'.repeat(5000)} here`],
    ['a cell with quotes in it', `is "${'x"y'.repeat(5000)}"`],
    ['a line that is not quoted', 'ab '.repeat(5000)],
    ['names of columns', `expected the column label, got ${Array.from({ length: 900 }, (_, i) => `c${i}`).join(', ')}`],
  ])('show little of %s', (_, reason) => {
    const { message } = new InputError('votes.csv', reason);
    expect(message.length).toBeLessThan(4100);
    expect(message.startsWith('votes.csv: ')).toBe(true);
  });

  it('cut a quoted piece to 200 characters and keep what is around it', () => {
    expect(new InputError('a.csv:3', `label is "${'x '.repeat(400)}", expected one of a, b`).message).toMatch(
      /^a\.csv:3: label is "[^"]{200}", expected one of a, b$/,
    );
  });

  it('of several kinds of error', () => {
    const long = 'y'.repeat(3000);
    for (const error of [
      new InputError(long, 'no such file'),
      new MienError(`${long}: no such option`),
      new ShapeError(long, 'expected 1'),
    ])
      expect(error.message.length).toBeLessThan(240);
    expect(new MienError('bell \u0007').message).toBe('bell \\x07');
  });

  it('keep input and reason apart', () => {
    const error = new InputError(`${'d/'.repeat(300)}a\nb`, 'is\nempty');
    expect([error.input.length, error.reason, error.message.endsWith('a\\nb: is empty')]).toEqual([
      603,
      'is empty',
      true,
    ]);
  });
});
