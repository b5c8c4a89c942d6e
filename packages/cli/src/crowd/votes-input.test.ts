import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FLAGS, withFlags } from './votes-input.ts';

const LIBRARY = new URL('../../../mien/src/', import.meta.url);
const sources = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ts$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file.replaceAll('\\', '/'), LIBRARY), 'utf8'));

it.each(FLAGS)('"%s" is what the library says, so that its flag can stand there', (option) => {
  expect(sources.some((text) => text.includes(option))).toBe(true);
});

it('names options as the command line does', () => {
  expect(withFlags('x is unknown: name it among the classes')).toBe('x is unknown: name it in --classes');
});
