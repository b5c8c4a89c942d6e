// The documentation as a site: `npm run docs` writes the generated pages and builds all into site/dist; `npm run docs -- --dev` serves it while
// pages are edited. Fails on dead links and on any warning of TypeDoc.
import { rm } from 'node:fs/promises';
import { build, createServer } from 'vitepress';
import { writeApi } from './api.mjs';
import { checkLinks } from './check.mjs';
import { writeCommands } from './commands.mjs';
import { writeSources } from './links.mjs';
import { BUILT, GENERATED, ROOT } from './paths.mjs';

await rm(ROOT + GENERATED, { recursive: true, force: true });
await writeApi();
await writeCommands();
await writeSources();
if (process.argv.includes('--dev')) {
  const server = await createServer(`${ROOT}site`);
  await server.listen();
  server.printUrls();
} else {
  await build(`${ROOT}site`);
  const { pages, followed } = checkLinks();
  console.log(`${BUILT}: ${pages} pages, ${followed} links followed`);
}
