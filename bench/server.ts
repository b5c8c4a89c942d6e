/**
 * `POST /api/recognize` of `mien serve` against the plain library on the same photo, in turns: photos a second. Then the
 * server alone answers on, for how its memory and that of its processes develops. The client is this process.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRecognizer, decodeImage, MienError } from 'mienjs';
import { composePhoto } from './photo.ts';
import { median } from './timing.ts';

export interface ServerRow {
  readonly bench: 'server';
  readonly side: string;
  readonly photosPerSec: number;
  /** Relative to the fastest setting of the library. */
  readonly relative: number;
  /** Memory of the server and its processes after the first round, after half of all photos, and after all; NaN for the library. */
  readonly firstMb: number;
  readonly halfMb: number;
  readonly lastMb: number;
  /** All that the side answered. */
  readonly photos: number;
}

export const MIEN = fileURLToPath(new URL('../../packages/cli/bin/mien.js', import.meta.url));
/** Photos of one turn of a side. */
const PHOTOS = 24;
const FACES = 1;
/** That the server answers in all. */
const SERVER_PHOTOS = 5000;

interface Side {
  readonly name: string;
  /** Recognises PHOTOS photos. */
  turn(): Promise<void>;
  readonly pid?: number;
  close(): Promise<void>;
}

export async function benchServer(rounds: number, cores: number, log: (line: string) => void): Promise<ServerRow[]> {
  const photo = await composePhoto(FACES);
  const folder = await mkdtemp(join(tmpdir(), 'mien-bench-server-'));
  const sides: Side[] = [];
  try {
    for (const threads of new Set([1, cores])) sides.push(await library(photo, threads));
    sides.push(await server(photo, cores, join(folder, 'data')));
    const rates = sides.map((): number[] => []);
    const memory: number[] = [];
    for (let round = -1; round < rounds; round++) {
      for (const [i, side] of sides.entries()) {
        const started = performance.now();
        await side.turn();
        // The first warms up
        if (round >= 0) rates[i]!.push((PHOTOS * 1000) / (performance.now() - started));
        if (round >= 0 && side.pid !== undefined) memory.push(await residentMb(side.pid));
      }
      if (round >= 0) log(`round ${round + 1} of ${rounds}`);
    }
    const last = sides.at(-1)!;
    const turns = Math.max(rounds, Math.ceil(SERVER_PHOTOS / PHOTOS));
    for (let turn = rounds; turn < turns; turn++) {
      await last.turn();
      memory.push(await residentMb(last.pid!));
      if (turn % 20 === 0) log(`${(turn + 1) * PHOTOS} of ${turns * PHOTOS} photos, ${memory.at(-1)!.toFixed(0)} MB`);
    }
    const medians = rates.map(median);
    const best = Math.max(...medians.slice(0, -1));
    return sides.map(({ name, pid }, i) => ({
      bench: 'server',
      side: name,
      photosPerSec: medians[i]!,
      relative: medians[i]! / best,
      firstMb: pid === undefined ? NaN : memory[0]!,
      halfMb: pid === undefined ? NaN : memory[memory.length >> 1]!,
      lastMb: pid === undefined ? NaN : memory.at(-1)!,
      photos: PHOTOS * (pid === undefined ? rounds : turns),
    }));
  } finally {
    for (const side of sides) await side.close();
    await rm(folder, { recursive: true });
  }
}

/** One recogniser; the next photo is decoded while one is recognised, as the command does. */
async function library(photo: Uint8Array, threads: number): Promise<Side> {
  const recognizer = await createRecognizer({ threads });
  return {
    name: `library, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    async turn() {
      let next = decodeImage(photo);
      for (let i = 0; i < PHOTOS; i++) {
        const image = await next;
        next = decodeImage(photo);
        checkFaces((await recognizer.recognize(image)).faces.length);
      }
      await next;
    },
    close: () => recognizer.release(),
  };
}

async function server(photo: Uint8Array, cores: number, data: string): Promise<Side> {
  const child = spawn(
    process.execPath,
    [MIEN, 'serve', '--port', '0', '--data', data, '--processes', String(cores), '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await addressOf(child);
  const ask = async (): Promise<void> => {
    const form = new FormData();
    form.append('photo', new Blob([Uint8Array.from(photo)]), 'photo.jpg');
    const answer = await fetch(`${url}/api/recognize`, { method: 'POST', body: form });
    if (!answer.ok) throw new MienError(`bench server: the server answered ${answer.status}`);
    const { images } = (await answer.json()) as { images: { faces: unknown[] }[] };
    checkFaces(images[0]!.faces.length);
  };
  return {
    name: `server, ${cores} processes`,
    pid: child.pid!,
    async turn() {
      let left = PHOTOS;
      const client = async (): Promise<void> => {
        while (left-- > 0) await ask();
      };
      await Promise.all(Array.from({ length: 2 * cores }, client));
    },
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export async function addressOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.endsWith('}\n')) return (JSON.parse(text) as { url: string }).url;
  }
  throw new MienError('bench server: the server did not start');
}

function checkFaces(found: number): void {
  if (found !== FACES) throw new MienError(`bench server: the photo shows ${FACES} faces, ${found} were found`);
}

/** Resident memory of a process and its children, MB; NaN where the system does not tell. */
async function residentMb(pid: number): Promise<number> {
  try {
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter((id) => id !== '');
    const sizes = await Promise.all(
      [String(pid), ...children].map(async (id) => {
        const status = await readFile(`/proc/${id}/status`, 'utf8');
        return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) / 1024;
      }),
    );
    return sizes.reduce((sum, mb) => sum + mb, 0);
  } catch {
    return NaN;
  }
}
