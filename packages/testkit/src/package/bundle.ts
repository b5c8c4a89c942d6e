/** Bundles as an application's build makes them, from the packages installed in a project. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { withoutNode } from '../browser/chromium.ts';

export interface BundleFile {
  readonly name: string;
  readonly bytes: number;
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
  return outputs.map((file) => ({
    name: file.fileName,
    bytes: Buffer.byteLength(file.type === 'chunk' ? file.code : file.source),
  }));
}

/** Builds the page of a folder into its `dist`. */
export async function buildPage(folder: string): Promise<string> {
  await build({ root: folder, base: './', configFile: false, logLevel: 'error', plugins: [withoutNode(folder)] });
  return join(folder, 'dist');
}
