/**
 * The page of `mien serve` in headless Chromium: how long until it can be used, and how often it reads the picture of a
 * camera, which is a clip of one moving face of a demo photo.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeImage, MienError, type RawImage } from 'mienjs';
import { crop } from 'mienjs/image';
import { findChromium } from 'mien-testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { folderOf } from './installed.ts';
import { addressOf, MIEN } from './server.ts';
import { median } from './timing.ts';

export interface CameraRow {
  readonly bench: 'camera';
  readonly what: string;
  readonly value: number;
  readonly unit: string;
}

/** Of the camera's picture. */
const [WIDTH, HEIGHT] = [640, 480];
const CLIP_FRAMES = 60;
const SETTLE_MS = 3000;
const MEASURE_MS = 4000;
const LOADS = 5;

export async function benchCamera(rounds: number, log: (line: string) => void): Promise<CameraRow[]> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new MienError('bench camera: no Chromium is installed');
  const folder = await mkdtemp(join(tmpdir(), 'mien-bench-camera-'));
  const child = spawn(process.execPath, [MIEN, 'serve', '--port', '0', '--data', join(folder, 'data'), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let browser: Browser | undefined;
  try {
    const clip = join(folder, 'clip.y4m');
    await writeFile(clip, await movingFace());
    const url = await addressOf(child);
    browser = await chromium.launch({
      executablePath,
      args: [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
        ...['--disable-component-update', '--disable-sync'],
        ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
        `--use-file-for-fake-video-capture=${clip}`,
      ],
    });
    const loads: number[] = [];
    for (let i = 0; i < LOADS; i++) loads.push(await firstLoad(browser, url));
    log(`page loaded ${LOADS} times`);

    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => log(error.message));
    await page.goto(url);
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.getByText('1 face followed').waitFor({ timeout: 120_000 });
    const [plain, character]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++)
      for (const rates of [plain, character]) {
        rates.push(await rate(page));
        log(`round ${round + 1}: ${rates.at(-1)!.toFixed(1)} frames a second`);
        await page.getByRole('switch', { name: 'A character that wears the expression' }).click();
      }
    return [
      { bench: 'camera', what: 'first load of the page, nothing cached', value: median(loads), unit: 'ms' },
      { bench: 'camera', what: 'camera, one face', value: median(plain), unit: 'frames/s' },
      { bench: 'camera', what: 'camera, one face, and a character', value: median(character), unit: 'frames/s' },
    ];
  } finally {
    await browser?.close();
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  }
}

/** Until the page shows what can be done on it, and its script has run. */
async function firstLoad(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(url);
    await page.getByText('Nothing is uploaded').waitFor();
    return performance.now() - started;
  } finally {
    await context.close();
  }
}

/** Frames that were read so far, as the page says. */
async function counted(page: Page): Promise<number> {
  const text = await page.getByTestId('rate').textContent();
  return Number(/of (\d+)$/.exec(text ?? '')?.[1]);
}

async function rate(page: Page): Promise<number> {
  await sleep(SETTLE_MS);
  const [first, started] = [await counted(page), performance.now()];
  await sleep(MEASURE_MS);
  const [last, ended] = [await counted(page), performance.now()];
  return ((last - first) * 1000) / (ended - started);
}

/** A clip of 30 frames a second (YUV4MPEG2, 4:2:0) in which a face goes to and fro. */
async function movingFace(): Promise<Buffer> {
  const photo = await decodeImage(join(folderOf('@vladmandic/face-api'), 'demo/sample3.jpg'));
  const frames: Buffer[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420jpeg\n`)];
  for (let i = 0; i < CLIP_FRAMES; i++) {
    const phase = Math.abs(CLIP_FRAMES / 2 - i) / (CLIP_FRAMES / 2);
    const part = crop(photo, { x: Math.round(840 + 60 * phase), y: 60, width: WIDTH, height: HEIGHT });
    frames.push(Buffer.from('FRAME\n'), toYuv420(part));
  }
  return Buffer.concat(frames);
}

/** JPEG's full-range YCbCr (BT.601), color from the first of four pixels. */
function toYuv420({ width, height, data }: RawImage): Buffer {
  const out = Buffer.alloc((width * height * 3) / 2);
  const chroma = width * height;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
      out[y * width + x] = 0.299 * r + 0.587 * g + 0.114 * b;
      if (x % 2 !== 0 || y % 2 !== 0) continue;
      const place = chroma + (y / 2) * (width / 2) + x / 2;
      out[place] = 128 - 0.1687 * r - 0.3313 * g + 0.5 * b;
      out[place + chroma / 4] = 128 + 0.5 * r - 0.4187 * g - 0.0813 * b;
    }
  return out;
}
