/** The models, the face networks and their list under `mien/`, as `mien assets` writes them. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** @returns {import('vite').Plugin} */
export function modelFiles() {
  let outDir = '';
  return {
    name: 'mien-model-files',
    configResolved({ root, build }) {
      outDir = isAbsolute(build.outDir) ? build.outDir : join(root, build.outDir);
    },
    async closeBundle() {
      await writeModels(join(outDir, 'mien'));
    },
    async configureServer(server) {
      const folder = await mkdtemp(join(tmpdir(), 'mien-assets-'));
      await writeModels(folder);
      server.httpServer?.once('close', () => rm(folder, { recursive: true, force: true }));
      server.middlewares.use('/mien/', (request, response, next) => {
        const path = new URL(request.url ?? '/', 'http://localhost').pathname.replaceAll('..', '');
        readFile(join(folder, path)).then((bytes) => response.end(bytes), next);
      });
    },
  };
}

async function writeModels(folder) {
  const { listModels, writeAssets } = await import('mienjs/predict/node');
  await writeAssets(folder, { models: (await listModels()).map(({ name }) => name) });
}
