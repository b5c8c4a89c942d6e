/** Builds the page as `npm run build -w packages/web` does, in a process of its own: this one resolves modules as tests do. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const WEB = fileURLToPath(new URL('../../', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export async function buildPage(outDir: string): Promise<void> {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', outDir, '--logLevel', 'error'], {
    cwd: WEB,
    // The tests' own NODE_ENV would make it a page for development
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
