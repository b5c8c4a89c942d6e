/** HEIC through the optional package, which is among the development dependencies. */
import { describe, expect, it, vi } from 'vitest';
import { decodeImage } from './node.ts';

/** The 64×48 pattern [4x, 5y, 255 − 2x − 2y], by `heif-enc -q 90` (libheif 1.15, x265). */
const PATTERN = Buffer.from(
  [
    'AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAMAAA',
    'ADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAACCQACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAA',
    'Z3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6g',
    'IIEFlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAA',
    'AgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAAhFtZGF0AAACBSgBrwY4rjA+iYdDyV5fn3BQQr55jAG9DxnV8XrdPz0d7ewblVfP/SJtsTgAFw+rb7/8E+3+YO5U',
    'bAUcJ6txGff+Ket3ydNyF521tBED9gHlGmWOV+Fjm4fsWgFpsnqXldh1buQPBIUQOkN7zwoRbxGQk/y6tbvrDuneicN+w79TbzYvHwVWoIqLQrhpJAIAkkhzWtGbSYNBfNmxuzFOZfW2',
    'Jil9ZY1UIwRAOFSZCFynbTa7dKRwda2NYg1zh27VmcT1ypkDbOwwyTDUwpwSsu7fCM9i+oAL7RdhH+pI+0Rw5ANnlTVfcuzJv3U5MBXwdfG1c+Gtfd22iKoqk6UMngQzbtDh4mKM458Q',
    'Xz9BfNkKgsOdd24fV+Aa9lQqEqkUAAfWOl7fb2kL39ZXwVPk92jhKWGyuEWrfXm8dkiMfmL8xaYKIqYRk63q6/ntNdEd7/zGItDfTe7+wVxysHzc65LpwvRxruICY77mGEEWy9BoIzDG',
    'HXnPO0ovOVDAnkTIriuUq9fVKN+6hDhEPpIYyHHhQEk++evLDvJWeulHPnSCmwl6KeheH7Ry8j2lc9CychwjJ0u0ekE3N7+7Nmv7uHcjslUKcnTR6URWYPio8cwcrWDLSoTXeHoDvy6S',
    'JFZT8xnLedHDEJHcVMLu2pVulIKZclz6xtV5yhXLc7m20u1t+tPGP8A=',
  ].join(''),
  'base64',
);

const found = vi.hoisted(() => ({ package: true }));
vi.mock('node:module', async (original) => {
  const real = await original<typeof import('node:module')>();
  return {
    ...real,
    createRequire: (from: string) => {
      const require = real.createRequire(from);
      return Object.assign((id: string) => require(id) as unknown, require, {
        resolve: (id: string) => {
          if (id === 'heic-decode' && !found.package) throw new Error('not found');
          return require.resolve(id);
        },
      });
    },
  };
});

describe('HEIC', () => {
  it('is decoded to RGB', async () => {
    const { width, height, channels, data } = await decodeImage(PATTERN);
    expect([width, height, channels]).toEqual([64, 48, 3]);
    const difference =
      data.reduce((sum, v, i) => {
        const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 3 / 64)];
        return sum + Math.abs(v - [4 * x, 5 * y, 255 - 2 * x - 2 * y][i % 3]!);
      }, 0) / data.length;
    expect(difference).toBeLessThan(6);
  });

  it('is refused where it is cut, without a word on stdout', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    for (const part of [0.3, 0.6, 0.9])
      await expect(decodeImage(PATTERN.subarray(0, PATTERN.length * part), { label: 'cut.heic' })).rejects.toThrow(
        /^cut\.heic: .*(truncated|damaged|not an image)/,
      );
    expect(log).not.toHaveBeenCalled();
  });

  it('says what to do where the package is not installed', async () => {
    found.package = false;
    await expect(decodeImage(PATTERN, { label: 'a.heic' })).rejects.toThrow(
      'a.heic: is an HEIC file, which needs the package heic-decode: npm install heic-decode, or convert it to JPEG',
    );
    found.package = true;
  });

  it('is refused by its header where it is too large', async () => {
    await expect(decodeImage(PATTERN, { maxPixels: 1000 })).rejects.toThrow('has 64×48 pixels');
  });
});
