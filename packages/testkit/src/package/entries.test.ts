/**
 * The library's package.json against its source: every entry is there, none is missing, and those for browsers need
 * nothing of Node.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it, test } from 'vitest';
import * as browserRoot from '../../../mien/src/index-browser.ts';
import * as nodeRoot from '../../../mien/src/index.ts';
import {
  APPLICATION,
  isForNode,
  LIBRARY,
  pathOf,
  PUBLISHED,
  readManifest,
  ROOT,
  SERVER,
  sourcesOf,
  specifierOf,
} from './manifest.ts';

const manifest = readManifest(LIBRARY);
const sources = sourcesOf(manifest);

describe('exports', () => {
  it('has no wildcard, and the manifest itself', () => {
    expect(Object.keys(manifest.exports).filter((entry) => entry.includes('*'))).toEqual([]);
    expect(manifest.exports['./package.json']).toBe('./package.json');
  });

  test.each([...sources])('%s is %s, and what is built from it', (entry, source) => {
    expect(existsSync(pathOf(source, LIBRARY))).toBe(true);
    const built = source.replace('./src/', './dist/').replace(/\.ts$/, '');
    const target = manifest.exports[entry] as Record<string, string>;
    expect({ types: target['types'], default: target['default'] }).toEqual({
      types: `${built}.d.ts`,
      default: `${built}.js`,
    });
    // Conditions are tried in this order
    expect(Object.keys(target)).toEqual(
      entry === '.' ? ['mien-source', 'types', 'browser', 'default'] : ['mien-source', 'types', 'default'],
    );
    if (entry !== '.' && entry !== './browser')
      expect(source).toMatch(
        entry.endsWith('/node') || entry === './train/step'
          ? `./src/${entry.slice(2)}.ts`
          : `./src/${entry.slice(2)}/index.ts`,
      );
  });

  it('has every folder of the library, and every node.ts', () => {
    const folders = readdirSync(pathOf('src', LIBRARY), { withFileTypes: true })
      .filter((found) => found.isDirectory())
      .map(({ name }) => name);
    const expected = folders
      .flatMap((folder) => ['index.ts', 'node.ts'].map((file) => `./src/${folder}/${file}`))
      .filter((file) => existsSync(pathOf(file, LIBRARY)));
    const listed = new Set(sources.values());
    expect(expected.filter((file) => !listed.has(file))).toEqual([]);
  });

  it('stands in the table of the README, with where each runs', () => {
    const rows = [
      ...readFileSync(pathOf('README.md', LIBRARY), 'utf8').matchAll(/^\| `([^`]+)` \|.*\| ([^|]+) \|$/gm),
    ].map(([, entry, where]) => [entry, where]);
    expect(rows.sort()).toEqual(
      [...sources.keys()]
        .map((entry) => [
          specifierOf(manifest.name, entry),
          entry === './browser' ? 'browsers' : isForNode(entry) ? 'Node' : 'Node, browsers',
        ])
        .sort(),
    );
  });
});

describe('the root', () => {
  it('has about fifteen names, the same in Node and in browsers', () => {
    expect(Object.keys(browserRoot).sort()).toEqual(Object.keys(nodeRoot).sort());
    const text = readFileSync(pathOf('src/index.ts', LIBRARY), 'utf8');
    const names = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list]) => list!.split(','));
    expect(names.length).toBeLessThanOrEqual(20);
  });

  it('has the same types in Node and in browsers', () => {
    const { createRecognizer, decodeImage }: Pick<typeof nodeRoot, 'createRecognizer' | 'decodeImage'> = browserRoot;
    expect([typeof createRecognizer, typeof decodeImage]).toEqual(['function', 'function']);
  });
});

describe('entries for browsers', () => {
  /**
   * The first import of Node or of a library for Node that is reached, with the way to it; undefined where there is
   * none.
   */
  function wayToNode(file: string, seen: Set<string>): readonly string[] | undefined {
    if (seen.has(file)) return undefined;
    seen.add(file);
    const here = relative(pathOf('src', LIBRARY), file);
    for (const specifier of valueImports(file)) {
      if (
        specifier.startsWith('node:') ||
        builtinModules.includes(specifier) ||
        ['sharp', 'onnxruntime-node'].includes(specifier)
      )
        return [here, specifier];
      const way = specifier.startsWith('.') ? wayToNode(join(dirname(file), specifier), seen) : undefined;
      if (way) return [here, ...way];
    }
    return undefined;
  }

  test.each([...sources].filter(([entry]) => entry !== '.' && !isForNode(entry)))(
    '%s reaches nothing of Node',
    (_, source) => {
      expect(wayToNode(pathOf(source, LIBRARY), new Set())).toBeUndefined();
    },
  );

  it('the root reaches nothing of Node there', () => {
    expect(wayToNode(pathOf('src/index-browser.ts', LIBRARY), new Set())).toBeUndefined();
    expect(wayToNode(pathOf('src/index.ts', LIBRARY), new Set())?.at(-1)).toMatch(/^node:|sharp/);
  });

  it('none is said to need Node that does not', () => {
    const spared = [...sources].filter(
      ([entry, source]) => isForNode(entry) && wayToNode(pathOf(source, LIBRARY), new Set()) === undefined,
    );
    expect(spared).toEqual([]);
  });
});

/** What a file imports or exports from, types apart. */
function valueImports(file: string): string[] {
  const parsed = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return parsed.statements.flatMap((statement) => {
    if (!(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) || !statement.moduleSpecifier)
      return [];
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : statement;
    const names = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
    const typesOnly =
      (clause && 'isTypeOnly' in clause && clause.isTypeOnly) ||
      (names &&
        (ts.isNamedImports(names) || ts.isNamedExports(names)) &&
        names.elements.length > 0 &&
        names.elements.every((element) => element.isTypeOnly));
    return typesOnly ? [] : [(statement.moduleSpecifier as ts.StringLiteral).text];
  });
}

describe('the server', () => {
  it('has a contract that browsers can have', () => {
    const seen = new Set<string>();
    const reach = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const specifier of valueImports(file))
        if (specifier.startsWith('.')) reach(join(dirname(file), specifier));
        else expect([file, specifier]).toEqual([file, 'zod']);
    };
    reach(pathOf('src/contract/index.ts', SERVER));
    expect(seen.size).toBeGreaterThan(3);
  });
});

describe('what is published', () => {
  test.each(PUBLISHED.map((folder) => [readManifest(folder).name, folder] as const))(
    '%s has ranges, not "*", and no side effects undeclared',
    (_, folder) => {
      const { dependencies, files, engines } = readManifest(folder);
      for (const [name, range] of Object.entries(dependencies)) expect(range, name).toMatch(/^[\^~]?\d/);
      expect(files).toContain('!dist/.tsbuildinfo');
      expect(engines['node']).toBe('>=20');
    },
  );

  it('depends on the library of the same version', () => {
    const range = `^${manifest.version}`;
    const [server, application] = [readManifest(SERVER), readManifest(APPLICATION)];
    expect(server.dependencies[manifest.name]).toBe(range);
    expect(application.dependencies).toMatchObject({ [manifest.name]: range, [server.name]: range });
    expect([server.version, application.version]).toEqual([manifest.version, manifest.version]);
    expect(manifest.sideEffects).toBe(false);
  });

  it('npm ci does not run the install script of onnxruntime-node, which downloads files for CUDA', () => {
    const lock = JSON.parse(readFileSync(pathOf('package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    // npm 10 goes by the lock file, later versions by allowScripts; npm writes the mark when it resolves the package
    // anew: remove it then
    expect(lock.packages['node_modules/onnxruntime-node']).not.toHaveProperty('hasInstallScript');
    const { allowScripts } = JSON.parse(readFileSync(pathOf('package.json', ROOT), 'utf8')) as {
      allowScripts: Record<string, boolean>;
    };
    expect(allowScripts['onnxruntime-node']).toBe(false);
  });
});
