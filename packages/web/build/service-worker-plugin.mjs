/** Writes `sw.js`: build/service-worker.js with the list of files of this build. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('./service-worker.js', import.meta.url));

/** @returns {import('vite').Plugin} */
export function serviceWorker() {
  let outDir = '';
  return {
    name: 'mien-service-worker',
    apply: 'build',
    configResolved({ root, build }) {
      outDir = isAbsolute(build.outDir) ? build.outDir : join(root, build.outDir);
    },
    writeBundle: {
      sequential: true,
      order: 'post',
      async handler() {
        const files = (await readdir(outDir, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) =>
            join(entry.parentPath, entry.name)
              .slice(outDir.length + 1)
              .replaceAll('\\', '/'),
          )
          .filter((file) => file !== 'sw.js' && !file.startsWith('mien/') && !file.endsWith('.map'))
          .sort();
        const hash = createHash('sha256');
        for (const file of files) hash.update(file).update(await readFile(join(outDir, file)));
        const code = (await readFile(SOURCE, 'utf8'))
          .replace('__VERSION__', JSON.stringify(hash.digest('hex').slice(0, 16)))
          .replace('__SHELL__', JSON.stringify(files.filter((file) => !file.endsWith('.wasm'))))
          .replace('__RUNTIME__', JSON.stringify(files.filter((file) => file.endsWith('.wasm'))));
        await writeFile(join(outDir, 'sw.js'), code);
      },
    },
  };
}
