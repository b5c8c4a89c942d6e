/**
 * The examples in the library's comments and in the documents, as their readers would use them: type-checked against
 * the entries that are published, and run where they state what comes out.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { examplesIn, findExamples, statesResults, withChecks } from './examples.ts';
import { LIBRARY, pathOf, readManifest, ROOT, sourcesOf, specifierOf } from './manifest.ts';
import { examplesOf } from './readme.ts';

/** Beside the packages, so that `mienjs` resolves as for a user; never committed. */
const FOLDER = new URL('packages/testkit/dist/examples/', ROOT);
const examples = findExamples(new URL('src/', LIBRARY));
/** The programs of the documents; a block that imports nothing is a part of one. */
const programs = execFileSync('git', ['ls-files', '*.md'], { cwd: pathOf('.'), encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '')
  .flatMap((file) => examplesOf(pathOf(file)).map((code, i) => ({ place: `${file}:${i + 1}`, code })))
  .filter(({ code }) => code.includes("from 'mienjs"));
const fileOf = (place: string): string => pathOf(`${place.replace(/\W+/g, '-')}.ts`, FOLDER);

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
});
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** By file, what the compiler says: all at once, since every file imports the same library. */
function typeErrors(files: ReadonlyMap<string, string>): Map<string, string[]> {
  for (const [file, code] of files) writeFileSync(file, code);
  const { config } = ts.readConfigFile(pathOf('tsconfig.base.json'), ts.sys.readFile) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [...files.keys()] }, ts.sys, pathOf('.'));
  const program = ts.createProgram([...files.keys()], {
    ...options,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    noEmit: true,
    composite: false,
    declaration: false,
    declarationMap: false,
    allowImportingTsExtensions: true,
  });
  return new Map(
    [...files.keys()].map((file) => {
      const source = program.getSourceFile(file)!;
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [file, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
    }),
  );
}

const importsOf = (code: string): string[] => [...code.matchAll(/from '([^']+)'/g)].map(([, specifier]) => specifier!);

it('finds the examples of what people call', () => {
  expect(examples.length).toBeGreaterThanOrEqual(40);
  expect(examples.filter(statesResults).length).toBeGreaterThanOrEqual(15);
  expect(programs.length).toBeGreaterThanOrEqual(8);
});

it('refuses an example that is not a fence of TypeScript', () => {
  expect(() => examplesIn('/**\n * Adds.\n * @example\n * add(1, 2);\n */\n', 'add.ts')).toThrow('add.ts:3: expected');
});

describe('types', () => {
  const entries = [...sourcesOf(readManifest(LIBRARY)).keys()].map((entry) => specifierOf('mienjs', entry));

  test.each(examples)('$place imports entries alone', ({ code }) => {
    expect(importsOf(code)).not.toEqual([]);
    expect(importsOf(code).filter((specifier) => !entries.includes(specifier))).toEqual([]);
  });

  it('fit, and a wrong one is noticed', () => {
    const wrong = [
      "import { accuracy } from 'mienjs/metrics';\naccuracy('none');\n",
      "import { nothing } from 'mienjs/metrics';\nnothing();\n",
      "import { relu } from 'mienjs/nn/layers/activation';\nrelu();\n",
    ].map((code, i) => ({ place: `wrong:${i}`, code }));
    const right = [...examples, ...programs];
    const errors = typeErrors(
      new Map([...right, ...wrong].map(({ place, code }) => [fileOf(place), `${code}export {};\n`])),
    );
    const found = right.flatMap(({ place }) => errors.get(fileOf(place))!.map((message) => `${place}: ${message}`));
    expect(found).toEqual([]);
    for (const { place } of wrong) expect(errors.get(fileOf(place)), place).toHaveLength(1);
  });
});

describe('results', () => {
  test.each(examples.filter(statesResults))('$place states what comes out', async (example) => {
    const file = fileOf(`run:${example.place}`);
    let checked = 0;
    (globalThis as { expectResult?: unknown }).expectResult = <T>(value: T, stated: unknown): T => {
      checked++;
      if (typeof stated === 'number') expect(value).toBeCloseTo(stated, 6);
      else expect(value).toEqual(stated);
      return value;
    };
    writeFileSync(file, `${withChecks(example, 'expectResult')}export {};\n`);
    await import(/* @vite-ignore */ pathToFileURL(file).href);
    expect(checked).toBe(example.code.split(' // → ').length - 1);
  });
});
