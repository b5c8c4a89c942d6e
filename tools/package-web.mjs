// The web page is built into the package of the server when it is packed (`prepack` of packages/server), in its folder `web`.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');

execFileSync(
  process.execPath,
  [vite, 'build', '--outDir', join(root, 'packages/server/web'), '--emptyOutDir', '--logLevel', 'error'],
  // What npm pack --json prints is read by programs
  { cwd: join(root, 'packages/web'), stdio: ['ignore', process.stderr.fd, 'inherit'] },
);
