/**
 * Where the landmarks of FER2013's faces lie: the template that faces in photos are aligned to.
 * Command: npm run build && node tools/measure-fer2013-template.mjs FER2013_CSV_GZ
 * Writes packages/mien/src/face/fer2013-template.ts.
 *
 * Every 19th Training image, by `measureCrops` (packages/mien/src/face/measure-template.ts).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { measureCrops } from '../packages/mien/dist/face/index.js';
import { loadFaceMesher } from '../packages/mien/dist/face/node.js';

const SIZE = 48;
const STRIDE = 19;

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('usage: node tools/measure-fer2013-template.mjs FER2013_CSV_GZ\n');
  process.exit(2);
}
const rows = gunzipSync(await readFile(path))
  .toString('latin1')
  .split('\n')
  .filter((row) => row.trimEnd().endsWith(',Training'));
const images = rows
  .filter((_, i) => i % STRIDE === 0)
  .map((row) => {
    const data = Uint8Array.from(row.split(',')[1].split(' '), Number);
    return { width: SIZE, height: SIZE, channels: 1, data };
  });

const { template, faces } = await measureCrops(images, await loadFaceMesher());
const lines = Object.entries(template).map(([group, [x, y]]) => `  ${group}: [${x.toFixed(4)}, ${y.toFixed(4)}],`);
await writeFile(
  new URL('../packages/mien/src/face/fer2013-template.ts', import.meta.url),
  `/**
 * Average landmark positions in FER2013's 48×48 crops, in 0 … 1 of the image: ${faces} of ${images.length} Training images
 * (every ${STRIDE}th row) on which the mesh reports a face with a presence of at least 0.9, after 3 passes of the mesh.
 * Made by tools/measure-fer2013-template.mjs.
 */
import type { FaceTemplate } from './align.ts';

export const FER2013_TEMPLATE: FaceTemplate = {
${lines.join('\n')}
};
`,
);
process.stderr.write(`${lines.join('\n')}\n${faces} of ${images.length}\n`);
