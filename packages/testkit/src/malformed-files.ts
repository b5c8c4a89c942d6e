/**
 * Files that are not photos, or over which a decoder may stumble: cut off, with flipped bits, with dimensions that nobody
 * has the memory for, archives with paths that lead elsewhere, bombs, and files that are two things at once. The same
 * ones every time.
 */
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { Random } from 'mienjs/tensor';
import sharp from 'sharp';

export interface MalformedFile {
  /** As a client would call it, which may be a trick, too. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** @param count how many, at least 60 */
export async function malformedFiles(count: number): Promise<MalformedFile[]> {
  const random = new Random(16, 'malformed');
  const below = (most: number): number => random.int(most);
  const photo = sharp({ create: { width: 24, height: 24, channels: 3, background: '#807060' } });
  const images = {
    jpg: await photo.clone().jpeg().toBuffer(),
    png: await photo.clone().png().toBuffer(),
    gif: await photo.clone().gif().toBuffer(),
    webp: await photo.clone().webp().toBuffer(),
    tif: await photo.clone().tiff().toBuffer(),
    avif: await photo.clone().avif({ effort: 0 }).toBuffer(),
    bmp: bmp(4, 4),
  };
  const files: MalformedFile[] = [...tricks(images), ...hugeImages(images.gif)];
  const kinds = Object.entries(images);
  while (files.length < count) {
    const [kind, image] = kinds[files.length % kinds.length]!;
    const bytes = Buffer.from(image);
    const name = `${files.length}.${kind}`;
    if (files.length % 3 === 0) files.push({ name, bytes: bytes.subarray(0, below(bytes.length)) });
    else if (files.length % 3 === 1) {
      for (let i = 0; i < 12; i++) bytes[below(bytes.length)]! ^= 1 << below(8);
      files.push({ name, bytes });
    } else {
      // The first bytes stay, so that the right decoder takes it
      for (let i = 16; i < bytes.length; i++) bytes[i] = below(256);
      files.push({ name, bytes });
    }
  }
  return files.slice(0, count);
}

function tricks({ jpg, png, gif }: Readonly<Record<'jpg' | 'png' | 'gif', Buffer>>): MalformedFile[] {
  const zip = (name: string, content: Buffer): Buffer => zipOf([{ name, content }]);
  const zeros = Buffer.alloc(1 << 20);
  const script = '<script>fetch("/api/users")</script>';
  return [
    { name: 'empty.jpg', bytes: Buffer.alloc(0) },
    { name: 'one-byte.png', bytes: Buffer.from([0x89]) },
    { name: '../../../../etc/cron.d/evil.jpg', bytes: Buffer.from('up') },
    { name: '..\\..\\windows\\evil.jpg', bytes: Buffer.from('up') },
    { name: '/etc/passwd', bytes: Buffer.from('root:x:0:0') },
    { name: `${'long'.repeat(2000)}.jpg`, bytes: Buffer.from('long') },
    { name: 'nul\u0000.jpg', bytes: Buffer.from('nul') },
    { name: '.mien.lock', bytes: Buffer.from('lock') },
    { name: 'mien.db', bytes: Buffer.from('SQLite format 3\u0000') },
    { name: 'bomb.zip', bytes: zip('bomb', zeros) },
    { name: 'nested.zip', bytes: zip('inner.zip', zip('bomb', zeros)) },
    { name: 'slip.zip', bytes: zip('../../../../tmp/mien-slip', Buffer.from('slip')) },
    { name: 'slip.tar', bytes: tarOf('../../../../tmp/mien-slip', 'slip') },
    { name: 'link.tar', bytes: tarOf('link', '', '/etc/passwd') },
    { name: 'bomb.gz', bytes: gzipSync(zeros) },
    { name: 'photo.jpg.gz', bytes: gzipSync(jpg) },
    { name: 'both.jpg', bytes: Buffer.concat([jpg, zip('a', Buffer.from('a'))]) },
    { name: 'both.png', bytes: Buffer.concat([png, Buffer.from(script)]) },
    {
      name: 'both.gif',
      bytes: Buffer.concat([Buffer.from('GIF89a/*'), gif.subarray(8), Buffer.from(`*/=1;${script}`)]),
    },
    { name: 'page.jpg', bytes: Buffer.from(`<!doctype html>${script}`) },
    {
      name: 'image.svg',
      bytes: Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="http://127.0.0.1:9/x.png"/></svg>',
      ),
    },
    {
      name: 'laughs.svg',
      bytes: Buffer.from(
        `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
          .split('')
          .map((name, i) => `<!ENTITY ${name} "${`&${'abcdefghij'[i]!};`.repeat(10)}">`)
          .join('')}]><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>`,
      ),
    },
    {
      name: 'entity.svg',
      bytes: Buffer.from(
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>',
      ),
    },
    {
      name: 'paper.pdf',
      bytes: Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/Launch/F(/bin/sh)>>>>endobj\n%%EOF'),
    },
    { name: 'script.jpg', bytes: Buffer.from('#!/bin/sh\ntouch /tmp/mien-slip\n') },
    { name: 'program.jpg', bytes: Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]), Buffer.alloc(64)]) },
    {
      name: 'push.mvg',
      bytes: Buffer.from(
        'push graphic-context\nimage over 0,0 0,0 \'https://127.0.0.1:9/x"|touch /tmp/mien-slip"\'\npop graphic-context',
      ),
    },
    { name: 'play.m3u8', bytes: Buffer.from('#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n') },
  ];
}

/** Images of a few bytes whose headers say that they are huge. */
function hugeImages(gif: Buffer): MalformedFile[] {
  const hugeGif = Buffer.from(gif);
  hugeGif.writeUInt16LE(65535, 6);
  hugeGif.writeUInt16LE(65535, 8);
  return [
    { name: 'huge.png', bytes: pngOf(2 ** 31 - 1, 2 ** 31 - 1, Buffer.alloc(10)) },
    { name: 'wide.png', bytes: pngOf(2 ** 31 - 1, 1, Buffer.alloc(10)) },
    { name: 'none.png', bytes: pngOf(0, 0, Buffer.alloc(0)) },
    // A bomb: 16 megapixels in 16 kB
    { name: 'bomb.png', bytes: pngOf(8000, 8000, Buffer.alloc(8000 * 8001)) },
    { name: 'huge.gif', bytes: hugeGif },
    { name: 'huge.bmp', bytes: bmp(2 ** 30, 2 ** 30) },
    { name: 'negative.bmp', bytes: bmp(-5, -(2 ** 31)) },
    { name: 'huge.ppm', bytes: Buffer.from('P6 99999999 99999999 255\n\u0000') },
    { name: 'huge.pgm', bytes: Buffer.from('P5 4294967296 4294967296 65535\n\u0000\u0000') },
    { name: 'words.ppm', bytes: Buffer.from('P3 1e9 -1 NaN\n1 2 3') },
  ];
}

/** An 8-bit grey PNG whose header and data need not agree. */
function pngOf(width: number, height: number, raw: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A 24-bit BMP's header, and 48 bytes. */
function bmp(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(54 + 48, 0x55);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(0, 6);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  bytes.fill(0, 30, 54);
  return bytes;
}

/** PNG's and zip's checksum (zlib.crc32 is younger than Node 20). */
function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function zipOf(entries: readonly { readonly name: string; readonly content: Buffer }[]): Buffer {
  const [locals, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { name, content } of entries) {
    const packed = deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), shared, rest, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, central, Buffer.from('PK\u0005\u0006', 'latin1'), end]);
}

/** A tar of one file, or of one symbolic link. */
function tarOf(name: string, content: string, link?: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\u00000000000\u00000000000\u0000', 100);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('00000000000', 136);
  header.write('        ', 148);
  header.write(link === undefined ? '0' : '2', 156);
  header.write(link ?? '', 157);
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}
