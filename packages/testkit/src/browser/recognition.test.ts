/** Recognition in Chromium: the pixels, faces and probabilities of Node, out of what is published, fetched once. */
import { cp, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRecognizer, decodeImage, type Prediction, type RawImage } from 'mienjs';
import { encodeImage } from 'mienjs/image/node';
import { listModels, writeAssets } from 'mienjs/predict/node';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { requireChromium, withPage } from './chromium.ts';
import { DEMO_FACES } from '../demo-faces.ts';
import { faceCrop, turnedFace } from '../face-pictures.ts';
import { boundedCases, exactCases } from './decode-cases.ts';
import type { Library } from './page.ts';

/** In the page. */
declare const library: Library;

const demo = fileURLToPath(new URL('../../../../node_modules/@vladmandic/face-api/demo/', import.meta.url));
const PHOTOS = ['sample1', 'sample2', 'sample4'];
const photo = (name: string): string => join(demo, `${name}.jpg`);

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly base64: string;
}

/** Decodes a file of the page's folder there. */
async function decodeInPage(page: Page, name: string): Promise<RawImage> {
  const { width, height, base64 } = await page.evaluate(async (file): Promise<Pixels> => {
    const image = await library.root.decodeImage(file);
    const url = await new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result as string);
      reader.readAsDataURL(new Blob([image.data as Uint8Array<ArrayBuffer>]));
    });
    return { width: image.width, height: image.height, base64: url.slice(url.indexOf(',') + 1) };
  }, name);
  return { width, height, channels: 3, data: new Uint8Array(Buffer.from(base64, 'base64')) };
}

function difference(a: RawImage, b: RawImage): { most: number; mean: number } {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let [most, sum] = [0, 0];
  a.data.forEach((value, i) => {
    const d = Math.abs(value - b.data[i]!);
    most = Math.max(most, d);
    sum += d;
  });
  return { most, mean: sum / a.data.length };
}

/** Largest differences of the probabilities, and of the landmarks in pixels. */
function compare(a: Prediction, b: Prediction): { count: number; probability: number; landmarkPx: number } {
  expect(a.faces).toHaveLength(b.faces.length);
  let [probability, landmarkPx] = [0, 0];
  a.faces.forEach((face, i) => {
    const other = b.faces[i]!;
    for (const [name, p] of Object.entries(face.expressions))
      probability = Math.max(probability, Math.abs(p - other.expressions[name as 'neutral']!));
    face.landmarks.forEach(([x, y], k) => {
      landmarkPx = Math.max(landmarkPx, Math.hypot(x - other.landmarks[k]![0], y - other.landmarks[k]![1]));
    });
  });
  return { count: a.faces.length, probability, landmarkPx };
}

/** The rest of the test's page: the networks, and files by name. */
async function fill(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await writeAssets(join(folder, 'mien'));
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

const entry = new URL('./page.ts', import.meta.url);

it('decodes to the pixels of Node: PNG, BMP and Netpbm to the byte, the rest within a bound', async ({ skip }) => {
  const exact = await exactCases(photo('sample1'));
  const bounded = await boundedCases(photo('sample1'));
  const files = { ...exact, ...Object.fromEntries(Object.entries(bounded).map(([name, { bytes }]) => [name, bytes])) };
  await withPage(
    requireChromium(skip),
    entry,
    async (page) => {
      for (const [name, bytes] of Object.entries(exact)) {
        expect(difference(await decodeInPage(page, name), await decodeImage(bytes)), name).toEqual({
          most: 0,
          mean: 0,
        });
      }
      for (const [name, { bytes, most, mean }] of Object.entries(bounded)) {
        const measured = difference(await decodeInPage(page, name), await decodeImage(bytes));
        expect(measured.most, name).toBeLessThanOrEqual(most);
        expect(measured.mean, name).toBeLessThanOrEqual(mean);
      }
    },
    (folder) => fill(folder, files),
  );
}, 300_000);

it('takes whatever a page has', async ({ skip }) => {
  const bytes = await sharp(photo('sample1')).resize(320).png().toBuffer();
  const expected = await decodeImage(bytes);
  await withPage(
    requireChromium(skip),
    entry,
    async (page) => {
      const decoded = await page.evaluate(async () => {
        const { decodeImage } = library.root;
        const blob = await (await fetch('photo.png')).blob();
        const bitmap = await createImageBitmap(blob);
        const { width, height } = bitmap;
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        const context = canvas.getContext('2d')!;
        context.drawImage(bitmap, 0, 0);
        const offscreen = new OffscreenCanvas(width, height);
        offscreen.getContext('2d')!.drawImage(bitmap, 0, 0);
        const img = Object.assign(new Image(), { src: 'photo.png', width: 10, height: 10 });
        await img.decode();
        const video = Object.assign(document.createElement('video'), {
          muted: true,
          srcObject: canvas.captureStream(10),
        });
        // A canvas gives its stream a frame when it is drawn on
        const draw = setInterval(() => context.drawImage(bitmap, 0, 0), 20);
        await video.play();
        await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
        clearInterval(draw);
        const sources = {
          address: 'photo.png',
          url: new URL('photo.png', location.href),
          data: await dataUrl(blob),
          blob,
          file: new File([blob], 'p.png'),
          bytes: new Uint8Array(await blob.arrayBuffer()),
          bitmap,
          canvas,
          offscreen,
          img,
          video,
          frame: new VideoFrame(canvas, { timestamp: 0 }),
          imageData: context.getImageData(0, 0, width, height),
        };
        const images: Record<string, { width: number; height: number; data: number[] }> = {};
        for (const [name, source] of Object.entries(sources)) {
          const image = await decodeImage(source);
          images[name] = { width: image.width, height: image.height, data: [...image.data] };
        }
        return images;

        function dataUrl(of: Blob): Promise<string> {
          return new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result as string);
            reader.readAsDataURL(of);
          });
        }
      });
      expect(Object.keys(decoded)).toHaveLength(13);
      for (const [name, { width, height, data }] of Object.entries(decoded)) {
        const { most } = difference({ width, height, channels: 3, data: Uint8Array.from(data) }, expected);
        // A video's frames went through its own colours
        expect(most, name).toBeLessThanOrEqual(name === 'video' || name === 'frame' ? 12 : 0);
      }
    },
    (folder) => fill(folder, { 'photo.png': bytes }),
  );
}, 300_000);

it('says in one line what is wrong', async ({ skip }) => {
  const png = await sharp(photo('sample1')).resize(64).png().toBuffer();
  const foreign = createServer((_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(png));
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
  const elsewhere = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}/a.png`;
  try {
    await withPage(
      requireChromium(skip),
      entry,
      async (page, url) => {
        const messages = await page.evaluate(async (address) => {
          const { decodeImage, createRecognizer } = library.root;
          const failure = (work: Promise<unknown>): Promise<string> =>
            work.then(
              () => 'none',
              (error: Error) => `${error.name}: ${error.message}`,
            );
          const img = Object.assign(new Image(), { src: address });
          await img.decode();
          const opened = await library.browser.fetchAssets('mien/', { cache: false });
          return {
            missing: await failure(decodeImage('nowhere.png')),
            blocked: await failure(decodeImage(address)),
            tainted: await failure(decodeImage(img)),
            cut: await failure(decodeImage('cut.png')),
            text: await failure(decodeImage(new File(['hello'], 'notes.txt'))),
            empty: await failure(decodeImage(new Blob([]))),
            early: await failure(decodeImage(document.createElement('video'))),
            large: await failure(decodeImage('photo.png', { maxPixels: 100 })),
            none: await failure(createRecognizer()),
            wrong: await failure(createRecognizer({ assets: 'elsewhere' })),
            notAssets: await failure(createRecognizer({ assets: 'page' })),
            model: await failure(createRecognizer({ assets: opened, model: 'nonesuch' })),
            damaged: await failure(createRecognizer({ assets: 'damaged' })),
          };
        }, elsewhere);
        expect(messages).toEqual({
          missing: 'InputError: nowhere.png: cannot be fetched: 404 Not Found',
          blocked: `InputError: ${elsewhere}: cannot be fetched (Failed to fetch)`,
          tainted:
            'InputError: image: its pixels may not be read: it comes from another site, which must allow that (CORS, and crossorigin="anonymous" on the element)',
          cut: expect.stringMatching(/^InputError: cut\.png: is truncated or damaged \(.+\)$/) as string,
          text: 'InputError: notes.txt: is not an image that this browser can read, or is truncated or damaged',
          empty: 'InputError: image: is empty (0 bytes), expected an image',
          early: 'InputError: image: has no pixels yet: wait until it is loaded (a video: until its first frame)',
          large: 'InputError: photo.png: has 64×43 pixels, more than the limit of 100 in all',
          none: 'MienError: createRecognizer: option "assets" is missing, expected the address of the folder that "mien assets" wrote',
          wrong: `InputError: ${url}elsewhere/assets.json: cannot be fetched: 404 Not Found`,
          notAssets: `InputError: ${url}page/assets.json: is not a list of assets; write the folder with "mien assets DIR"`,
          model: `InputError: nonesuch: is not among the models of ${url}mien/: expected one of default`,
          damaged: expect.stringMatching(
            /^InputError: .+\/damaged\/models\/default\.onnx\?sha256=\w+: has \d+ bytes where assets\.json says \d+$/,
          ) as string,
        });
      },
      async (folder) => {
        await fill(folder, { 'photo.png': png, 'cut.png': png.subarray(0, png.length / 2) });
        await mkdir(join(folder, 'page'));
        await writeFile(join(folder, 'page/assets.json'), '<!doctype html>');
        await cp(join(folder, 'mien'), join(folder, 'damaged'), { recursive: true });
        await truncate(join(folder, 'damaged/models/default.onnx'), 1000);
      },
    );
  } finally {
    foreign.close();
  }
}, 300_000);

it('recognises the faces of three photos and of 100 crops as Node does, and fetches the networks once', async ({
  skip,
}) => {
  const pngs = Object.fromEntries(
    await Promise.all(
      PHOTOS.map(
        async (name) => [`${name}.png`, await sharp(photo(name)).png({ compressionLevel: 1 }).toBuffer()] as const,
      ),
    ),
  );
  const jpegs = Object.fromEntries(
    await Promise.all(PHOTOS.map(async (name) => [`${name}.jpg`, await readFile(photo(name))] as const)),
  );
  const crops = await faceCrops();
  const recognizer = await createRecognizer();
  let served = '';
  await withPage(
    requireChromium(skip),
    entry,
    async (page) => {
      const recognize = (file: string): Promise<Prediction> =>
        page.evaluate(async (name) => {
          const scope = globalThis as { recognizer?: ReturnType<typeof library.root.createRecognizer> };
          scope.recognizer ??= library.root.createRecognizer({ assets: 'mien' });
          return (await scope.recognizer).recognize(await library.root.decodeImage(name));
        }, file);
      const expected = async (bytes: Uint8Array): Promise<Prediction> => recognizer.recognize(await decodeImage(bytes));
      for (const [name, bytes] of Object.entries(pngs)) {
        const { probability, landmarkPx, count } = compare(await recognize(name), await expected(bytes));
        expect(count, name).toBeGreaterThan(0);
        expect(probability, name).toBeLessThan(1e-4);
        expect(landmarkPx, name).toBeLessThan(0.01);
      }
      for (const [name, bytes] of Object.entries(crops)) {
        const { probability, count } = compare(await recognize(name), await expected(bytes));
        expect([name, count]).toEqual([name, 1]);
        expect(probability, name).toBeLessThan(1e-4);
      }
      // Decoders of JPEG may differ by a few of 255 in single values
      for (const [name, bytes] of Object.entries(jpegs)) {
        const { probability, landmarkPx } = compare(await recognize(name), await expected(bytes));
        expect(probability, name).toBeLessThan(0.05);
        expect(landmarkPx, name).toBeLessThan(1);
      }

      const requests: string[] = [];
      page.on('request', (request) => requests.push(new URL(request.url()).pathname));
      const open = (): Promise<number[]> =>
        page.evaluate(async () => {
          const progress: number[] = [];
          const assets = await library.browser.fetchAssets('mien/', {
            onProgress: (loaded, total) => progress.push(loaded / total),
          });
          await library.browser.createRecognizer({ assets }).then((made) => made.release());
          return progress;
        });
      expect(await open()).toEqual([]);
      expect(requests).toEqual(['/mien/assets.json']);
      // Without a network too
      await page.context().setOffline(true);
      expect(await open()).toEqual([]);
      await page.context().setOffline(false);
      // Another model under the same name is noticed, and the one before forgotten
      await writeAssets(join(served, 'other'), { models: [await renamed(served)] });
      await cp(join(served, 'other'), join(served, 'mien'), { recursive: true });
      requests.length = 0;
      expect((await open()).at(-1)).toBe(1);
      expect(requests).toEqual(['/mien/assets.json', '/mien/models/default.onnx']);
      const kept = await page.evaluate(async () =>
        (await (await caches.open('mien-assets')).keys()).map((request) => new URL(request.url).pathname),
      );
      expect(kept.filter((path) => path.endsWith('default.onnx'))).toHaveLength(1);
    },
    async (folder) => {
      served = folder;
      await fill(folder, { ...pngs, ...crops, ...jpegs });
    },
  );
}, 600_000);

/** 100 faces that fill their picture, some of them turned, as PNG files. */
async function faceCrops(): Promise<Record<string, Uint8Array>> {
  const pictures = await Promise.all([
    ...[1, 1.15, 1.3, 1.6].flatMap((scale) => DEMO_FACES.map((face) => faceCrop(face, scale, 112))),
    ...DEMO_FACES.slice(0, 12).map((face) => turnedFace(face, 30, { side: 112 })),
  ]);
  const files = await Promise.all(
    pictures.map(async ({ image }, i) => [`crop-${i}.png`, await encodeImage(image, 'png')] as const),
  );
  return Object.fromEntries(files);
}

/** Another model of the name `default`. */
async function renamed(folder: string): Promise<string> {
  const other = (await listModels()).find(({ name }) => name === 'deep-emotion.ferplus')!;
  await mkdir(join(folder, 'models'));
  await cp(other.path, join(folder, 'models/default.onnx'));
  return join(folder, 'models/default.onnx');
}
