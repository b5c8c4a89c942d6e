/** Published results belong to protocols that exist, and are percentages. */
import { expect, test } from 'vitest';
import { findProtocol } from './list.ts';
import { publishedProtocols, publishedResults } from './published.ts';

test.each(publishedProtocols())('%s', (id) => {
  expect(findProtocol(id).id).toBe(id);
  const results = publishedResults(id);
  expect(results.length).toBeGreaterThan(0);
  for (const { accuracy, meanAccuracy } of results) {
    const figures = [accuracy, meanAccuracy].filter((v) => v !== undefined);
    expect(figures.length).toBeGreaterThan(0);
    for (const figure of figures) expect(figure > 14 && figure <= 100).toBe(true);
  }
  expect(new Set(results.map(({ method, source }) => `${method} ${source}`)).size).toBe(results.length);
});

test('none of a protocol that papers do not report', () => {
  expect(publishedResults('ferg.loso.7')).toEqual([]);
});
