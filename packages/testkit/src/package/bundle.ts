/** Bundles as an application's build makes them, from the packages installed in a project. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { withoutNode } from '../browser/chromium.ts';

export interface BundleFile {
  readonly name: string;
  readonly bytes: number;
  /** Not fetched before some part of the program asks for it. */
  readonly later: boolean;
}

/**
 * Bundles and minifies a module in the project. @returns the files that come out   @throws when something of Node is
 * reached
 */
export async function bundle(code: string, project: string): Promise<BundleFile[]> {
  const input = join(project, 'bundled.js');
  await writeFile(input, code);
  const result = await build({
    root: project,
    configFile: false,
    logLevel: 'error',
    plugins: [withoutNode(input)],
    build: { write: false, rollupOptions: { input } },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((one) => ('output' in one ? one.output : []));
  const chunks = new Map(outputs.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file] as const] : [])));
  const first = new Set<string>();
  const visit = (name: string): void => {
    if (first.has(name)) return;
    first.add(name);
    chunks.get(name)?.imports.forEach(visit);
  };
  for (const { fileName, isEntry } of chunks.values()) if (isEntry) visit(fileName);
  return outputs.map((file) => ({
    name: file.fileName,
    bytes: Buffer.byteLength(file.type === 'chunk' ? file.code : file.source),
    later: file.type === 'chunk' && !first.has(file.fileName),
  }));
}

/** Builds the page of a folder into its `dist`. */
export async function buildPage(folder: string): Promise<string> {
  await build({ root: folder, base: './', configFile: false, logLevel: 'error', plugins: [withoutNode(folder)] });
  return join(folder, 'dist');
}
