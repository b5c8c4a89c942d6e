/** What documents tell readers to install and run, and the files that they point to. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { pathOf, readManifest, LIBRARY, sourcesOf, specifierOf } from './manifest.ts';

const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], {
  cwd: pathOf('.'),
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(pathOf(file)));

it('finds the documents', () => {
  expect(documents).toEqual(
    expect.arrayContaining([
      'README.md',
      'packages/mien/README.md',
      'packages/cli/README.md',
      'docs/guides/browser.md',
    ]),
  );
});

describe.each(documents.filter((file) => !file.startsWith('docs/adr/')))('%s', (file) => {
  const text = readFileSync(pathOf(file), 'utf8');

  // On npm, `mien` is somebody else's: outside a clone both would run a stranger's code
  it('sends nobody to the npm package mien', () => {
    expect(text.match(/npm (?:i|install|add|ci)\b[^\n`]* mien(?![\w-])[^\n`]*/g)).toBeNull();
    expect(text.match(/npx (?:--\S+ )*mien [a-z][^\n`]*/g)).toBeNull();
  });

  it('imports entries that there are', () => {
    const manifest = readManifest(LIBRARY);
    const entries = new Set([...sourcesOf(manifest).keys()].map((entry) => specifierOf(manifest.name, entry)));
    const imported = [...text.matchAll(/from '(mien[^']*)'/g)].map(([, specifier]) => specifier!);
    expect(imported.filter((specifier) => !entries.has(specifier))).toEqual([]);
  });
});

test.each(documents)('%s points to files that there are', (file) => {
  const prose = readFileSync(pathOf(file), 'utf8')
    .replace(/```[^]*?```/g, '')
    .replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^(\w+:|#)/.test(target));
  expect(targets.filter((target) => !existsSync(join(dirname(pathOf(file)), target.replace(/#.*$/, ''))))).toEqual([]);
});
