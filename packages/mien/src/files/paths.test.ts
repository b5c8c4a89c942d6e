import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { withFiles } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { decodeName, isUrl, nativePath, userPath } from './paths.ts';

describe('names that are not UTF-8', () => {
  it('come back as the bytes that they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const name = decodeName(Buffer.from(bytes));
        expect([...Buffer.from(nativePath(name))]).toEqual([...bytes]);
      }),
    );
  });
  it.each([
    [Buffer.from('caf\xe9.jpg', 'latin1'), 'caf\udce9.jpg'],
    [Buffer.from([0x8a, 0xe9, 0x2e]), '\udc8a\udce9.'],
    [Buffer.from('顔\ufffd.png'), '顔\ufffd.png'],
  ])('%o', (bytes, name) => {
    expect(decodeName(bytes)).toBe(name);
  });
  it.skipIf(process.platform !== 'linux')('are found by what Node makes of an argument', async () => {
    await withFiles({}, async (folder) => {
      mkdirSync(Buffer.from(`${folder}/m\xfcde`, 'latin1'));
      writeFileSync(Buffer.from(`${folder}/m\xfcde/caf\xe9.jpg`, 'latin1'), '');
      expect(userPath(join(folder, 'm\ufffdde', 'caf\ufffd.jpg'))).toBe(join(folder, 'm\udcfcde', 'caf\udce9.jpg'));
      expect(userPath(join(folder, 'x\ufffd.jpg'))).toBe(join(folder, 'x\ufffd.jpg'));
    });
  });
});

describe('what users type', () => {
  it('has the home folder as ~, unless there is a file of that name', async () => {
    expect(userPath('~/no/such.jpg')).toBe(join(homedir(), 'no/such.jpg'));
    expect(userPath('~')).toBe(homedir());
    expect(userPath('~user/x')).toBe('~user/x');
    await withFiles({}, (folder) => {
      mkdirSync(join(folder, '~'));
      const before = process.cwd();
      process.chdir(folder);
      try {
        expect(userPath('~')).toBe('~');
      } finally {
        process.chdir(before);
      }
      return Promise.resolve();
    });
  });
  it.each(['https://x.org/a.jpg', 'HTTP://x', 's3://bucket/a.jpg', 'file:///a.jpg', 'data:image/png;base64,AAAA'])(
    '%s is a URL',
    (path) => {
      expect(isUrl(path)).toBe(true);
    },
  );
  it.each(['a.jpg', 'C:\\photos\\a.jpg', 'http', 'data:x', '/http://x', 'dir/a://b'])('%s is not', (path) => {
    expect(isUrl(path)).toBe(false);
  });
});
