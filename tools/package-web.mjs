// The built web page goes into the package of the server when it is packed (`prepack` of packages/server), in its folder `web`.
import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const target = `${root}packages/server/web`;

await rm(target, { recursive: true, force: true });
if (existsSync(`${root}packages/web/package.json`)) {
  if (!existsSync(`${root}packages/web/dist/index.html`)) {
    console.error('packages/web/dist: is not built: npm run build');
    process.exit(1);
  }
  await cp(`${root}packages/web/dist`, target, { recursive: true });
}
