/**
 * Golden values for packages/mien/src/face: the meshes that MediaPipe's own browser runtime
 * (@mediapipe/face_mesh) finds in the demonstration photos of @vladmandic/face-api: on the first look at each photo
 * (regions from its detector), and after five more looks at the same photo (regions from its own landmarks, as in a video).
 * Command: node tools/golden/face-mesh.mjs
 * Needs Chromium: CHROMIUM names the executable, /usr/bin/chromium by default.
 */
import { createServer } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const meshFolder = dirname(require.resolve('@mediapipe/face_mesh/package.json'));
const photoFolder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'demo');
const goldenFolder = new URL('../../packages/mien/src/face/golden/', import.meta.url);
const photos = [1, 2, 3, 4, 5, 6].map((i) => `sample${i}.jpg`);
const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.jpg': 'image/jpeg', '.html': 'text/html' };

const server = createServer((request, response) => {
  const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).split('/').pop();
  const folder = photos.includes(name) ? photoFolder : meshFolder;
  const body = name === '' ? Promise.resolve('<!doctype html><script src="face_mesh.js"></script>') : readFile(join(folder, name));
  body.then(
    (bytes) => response.writeHead(200, { 'content-type': types[extname(name) || '.html'] ?? 'application/octet-stream' }).end(bytes),
    () => response.writeHead(404).end(),
  );
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const versions = {
    '@mediapipe/face_mesh': require('@mediapipe/face_mesh/package.json').version,
    '@vladmandic/face-api': require('@vladmandic/face-api/package.json').version,
    chromium: browser.version(),
  };
  for (const refineLandmarks of [false, true]) {
    const results = await page.evaluate(findMeshes, { photos, refineLandmarks });
    const file = refineLandmarks ? 'face-mesh-attention.golden.json' : 'face-mesh.golden.json';
    const golden = {
      command: 'node tools/golden/face-mesh.mjs',
      versions,
      options: { useCpuInference: true, refineLandmarks, maxNumFaces: 10, minDetectionConfidence: 0.5 },
      layout: 'faces (first look, rounded to 0.01) and settled (after five more, rounded to 0.1): points holds x, y, z of each landmark in turn, in pixels (z in the unit of x)',
      images: results,
    };
    await writeFile(new URL(file, goldenFolder), `${JSON.stringify(golden).replaceAll('{"image"', '\n{"image"').replaceAll('{"points"', '\n{"points"')}\n`);
    process.stderr.write(`${file}: ${results.map((r) => `${r.image} ${r.faces.length}/${r.settled.length}`).join(', ')}\n`);
  }
} finally {
  await browser.close();
  server.close();
}

/** Runs in the page: one FaceMesh over the photos, reset before each so that nothing is tracked between them. */
async function findMeshes({ photos, refineLandmarks }) {
  const mesh = new FaceMesh({ locateFile: (file) => `/${file}` });
  mesh.setOptions({ useCpuInference: true, refineLandmarks, maxNumFaces: 10, minDetectionConfidence: 0.5, selfieMode: false });
  let found = [];
  mesh.onResults((results) => {
    found = results.multiFaceLandmarks ?? [];
  });
  const images = [];
  for (const photo of photos) {
    const image = new Image();
    image.src = `/${photo}`;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const look = async (decimals) => {
      await mesh.send({ image });
      const round = (v) => Number(v.toFixed(decimals));
      return found.map((points) => ({ points: points.flatMap((p) => [round(p.x * width), round(p.y * height), round(p.z * width)]) }));
    };
    mesh.reset();
    const faces = await look(2);
    for (let again = 0; again < 4; again++) await look(1);
    images.push({ image: photo, width, height, faces, settled: await look(1) });
  }
  mesh.close();
  return images;
}
