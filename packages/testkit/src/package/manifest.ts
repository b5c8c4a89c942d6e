/** What the library's package.json declares, and where its source is. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = new URL('../../../../', import.meta.url);
export const LIBRARY = new URL('packages/mien/', ROOT);
export const SERVER = new URL('packages/server/', ROOT);
export const APPLICATION = new URL('packages/cli/', ROOT);
/** What is published, each after what it depends on. */
export const PUBLISHED = [LIBRARY, SERVER, APPLICATION] as const;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<
    Record<string, string | Readonly<Record<string, string | Readonly<Record<string, string>>>>>
  >;
  readonly files: readonly string[];
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly sideEffects?: boolean;
}

export const readManifest = (folder: URL): Manifest =>
  JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as Manifest;

/** Entries that need Node; the others run in browsers too. By name: those that end in `/node`. */
const NODE_ONLY: ReadonlySet<string> = new Set([
  './data/databases',
  './data/protocols',
  './evaluate',
  './files',
  './protocols',
  './studies',
  './train',
]);
export const isForNode = (entry: string): boolean => entry.endsWith('/node') || NODE_ONLY.has(entry);

/** Entry → its source file, relative to the library; the root's in Node. */
export function sourcesOf({ exports }: Manifest): Map<string, string> {
  return new Map(
    Object.entries(exports).flatMap(([entry, target]): [string, string][] => {
      if (typeof target === 'string') return [];
      const source = target['mien-source']!;
      return [[entry, typeof source === 'string' ? source : source['default']!]];
    }),
  );
}

/** `mienjs`, `mienjs/nn`: what a user writes for an entry. */
export const specifierOf = (name: string, entry: string): string => name + entry.slice(1);

export const pathOf = (file: string, folder: URL = ROOT): string => fileURLToPath(new URL(file, folder));
