/** One image from the web, within limits. */
import { createHash } from 'node:crypto';
import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { decodeImage, InputError } from 'mienjs';
import { checkHost, publicLookup } from './addresses.ts';

export interface DownloadLimits {
  /** The most that one file may have. */
  readonly bytes: number;
  readonly pixels: number;
  /** For one file, redirects included. */
  readonly seconds: number;
  /** Whether machines of this network may be asked, too. */
  readonly allowsPrivate: boolean;
}

export interface Downloaded {
  readonly bytes: Uint8Array;
  /** The file name's extension that its contents ask for: `jpg`. */
  readonly extension: string;
  /** In hexadecimal. */
  readonly sha256: string;
}

const MAX_REDIRECTS = 5;

/**
 * @param stop ends it early
 * @throws {InputError} naming the address: it cannot be reached, answers an error, is beyond a limit, or gives no image
 */
export async function download(url: string, limits: DownloadLimits, stop: AbortSignal): Promise<Downloaded> {
  const patience = AbortSignal.timeout(limits.seconds * 1000);
  const signal = AbortSignal.any([stop, patience]);
  let bytes: Buffer;
  try {
    bytes = await follow(new URL(url), limits, signal, MAX_REDIRECTS);
  } catch (error) {
    if (stop.aborted) throw error;
    throw new InputError(url, patience.aborted ? `took longer than ${limits.seconds} s` : reasonOf(error));
  }
  const extension = extensionOf(bytes);
  if (extension === undefined) throw new InputError(url, 'is not an image');
  await decodeImage(bytes, { label: url, maxPixels: limits.pixels, lenient: false });
  return { bytes, extension, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function follow(url: URL, limits: DownloadLimits, signal: AbortSignal, redirects: number): Promise<Buffer> {
  const response = await get(url, limits, signal);
  const { statusCode = 0, headers } = response;
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    response.destroy();
    if (redirects === 0) throw new Error(`leads on more than ${MAX_REDIRECTS} times`);
    return follow(new URL(headers.location, url), limits, signal, redirects - 1);
  }
  try {
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    if (Number(headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits);
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > limits.bytes) throw tooLarge(limits);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    response.destroy();
  }
}

const tooLarge = ({ bytes }: DownloadLimits): Error => new Error(`has more than the ${bytes} bytes of the limit`);

async function get(url: URL, { allowsPrivate }: DownloadLimits, signal: AbortSignal): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`leads to ${url.protocol}, expected http or https`);
  if (!allowsPrivate) checkHost(url);
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      {
        signal,
        agent: false,
        headers: { 'user-agent': 'mien (https://www.npmjs.com/package/mien-cli)', accept: 'image/*' },
        ...(allowsPrivate ? {} : { lookup: publicLookup }),
      },
      resolve,
    );
    asked.on('error', reject);
    asked.end();
  });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    ENOTFOUND: 'there is no such machine',
    EAI_AGAIN: 'the machine cannot be looked up',
    ECONNREFUSED: 'nothing answers there',
    ECONNRESET: 'the connection broke off',
  };
  return known[code ?? ''] ?? message;
}

/** By the first bytes: what servers and names say is not relied on. */
function extensionOf(bytes: Buffer): string | undefined {
  const text = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (text(0, 3) === '\xff\xd8\xff') return 'jpg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (/^GIF8[79]a$/.test(text(0, 6))) return 'gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (text(4, 8) === 'ftyp')
    return /avi[fs]/.test(text(8, 40)) ? 'avif' : /hei[cfx]|mif1/.test(text(8, 40)) ? 'heic' : undefined;
  if (text(0, 2) === 'BM') return 'bmp';
  if (/^(II\*\0|MM\0\*)$/.test(text(0, 4))) return 'tiff';
  return undefined;
}
