/** `mien annotate fetch` against a server of this test: what it takes, and everything that a web address may answer. */
import { readdir, readFile, appendFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runMain, withFiles, type Run } from 'mien-testkit';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../main.ts';
import { isPrivateAddress, publicLookup } from './fetch/addresses.ts';
import { parseFlickr } from './fetch/flickr.ts';
import { keywordIn } from './keywords.ts';

const image = (hue: string, side = 20): Promise<Buffer> =>
  sharp({ create: { width: side, height: side, channels: 3, background: hue } })
    .jpeg()
    .toBuffer();

let server: Server;
let url = '';
/** How often each path was asked for. */
const asked = new Map<string, number>();

beforeAll(async () => {
  const [red, blue, large] = [await image('#c00'), await image('#00c'), await image('#0c0', 3000)];
  server = createServer((request, response) => {
    const path = request.url!;
    asked.set(path, (asked.get(path) ?? 0) + 1);
    switch (path) {
      case '/red.jpg':
      case '/same.jpg':
        return response.end(red);
      case '/blue':
        return response.writeHead(200, { 'content-type': 'text/html' }).end(blue);
      case '/large.jpg':
        return response.end(large);
      case '/page.jpg':
        return response.writeHead(200, { 'content-type': 'image/jpeg' }).end('<html>not found</html>');
      case '/cut.jpg':
        return response.end(red.subarray(0, 200));
      case '/break.jpg':
        response.writeHead(200, { 'content-length': '5000' }).write('\xff\xd8\xff');
        return setTimeout(() => response.destroy(), 20);
      case '/slow.jpg':
        return response.write('\xff\xd8\xff');
      case '/endless.jpg': {
        const more = setInterval(() => response.write(Buffer.alloc(1 << 16)), 1);
        return response.on('close', () => clearInterval(more));
      }
      case '/loop':
        return response.writeHead(302, { location: '/loop' }).end();
      case '/moved':
        return response.writeHead(301, { location: '/blue' }).end();
      case '/file':
        return response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      default:
        return response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Row {
  readonly image: string;
  readonly url: string;
  readonly source: string;
  readonly license: string | null;
  readonly keyword: string | null;
}

async function fetchInto(
  folder: string,
  lists: readonly string[],
  ...args: readonly string[]
): Promise<Run & { report: Record<string, number> }> {
  const run = await runMain(main, [
    'annotate',
    'fetch',
    ...lists.map((list) => join(folder, list)),
    ...['--out', join(folder, 'photos'), '--json', ...args],
  ]);
  return { ...run, report: JSON.parse(run.stdout || '{}') as Record<string, number> };
}

const rowsIn = async (folder: string): Promise<Row[]> =>
  (await readFile(join(folder, 'photos/manifest.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('a list of addresses', () => {
  it('is fetched, whatever single addresses answer', async () => {
    const paths =
      'red.jpg same.jpg blue nothing.jpg page.jpg cut.jpg break.jpg slow.jpg endless.jpg loop moved file large.jpg'.split(
        ' ',
      );
    const list = [
      '# my photos',
      '',
      ...paths.map((path) => `${url}/${path}`),
      'ftp://x/y.jpg',
      'http://127.0.0.1:1/x.jpg',
    ];
    await withFiles({ 'list.txt': list.join('\n') }, async (folder) => {
      const limits = [
        '--allow-private',
        '--max-seconds',
        '1',
        '--max-file-mb',
        '1',
        '--max-pixels',
        '1000000',
        '--parallel',
        '2',
      ];
      const { status, stderr, report } = await fetchInto(folder, ['list.txt'], ...limits);
      expect(status).toBe(1);
      // /blue and /moved are the same image, as are /red.jpg and /same.jpg
      expect(report).toMatchObject({ listed: 14, fetched: 2, duplicates: 2, failed: 10, left: 0, present: 0 });
      for (const [path, why] of Object.entries({
        'nothing.jpg': 'answered 404',
        'page.jpg': 'is not an image',
        'cut.jpg': '',
        'break.jpg': '',
        'slow.jpg': 'took longer than 1 s',
        'endless.jpg': 'has more than the 1048576 bytes of the limit',
        loop: 'leads on more than 5 times',
        file: 'leads to file:, expected http or https',
        'large.jpg': '',
      }))
        expect(stderr).toContain(`${url}/${path}: ${why}`);
      expect(stderr).toContain('list.txt:16: is not an address: "ftp://x/y.jpg"');
      expect(stderr).toContain('http://127.0.0.1:1/x.jpg: nothing answers there');
      const rows = await rowsIn(folder);
      expect(rows.map(({ keyword, license }) => [keyword, license])).toEqual([
        [null, null],
        [null, null],
      ]);
      expect((await readdir(join(folder, 'photos/images'))).sort()).toEqual(
        rows.map(({ image: name }) => name.slice('images/'.length)).sort(),
      );

      // It goes on: what is there is not asked for again, what is lost is, and a line that was cut off does no harm
      asked.clear();
      await rm(join(folder, 'photos', rows.find((row) => row.url.endsWith('red.jpg'))!.image));
      await appendFile(join(folder, 'photos/manifest.jsonl'), '{"image":"images/ab');
      const again = await fetchInto(folder, ['list.txt'], ...limits);
      expect(again.report).toMatchObject({ present: 1, fetched: 1 });
      expect([asked.has('/blue'), asked.get('/red.jpg')]).toEqual([asked.has('/moved'), 1]);
      expect(await rowsIn(folder)).toHaveLength(2);
    });
  }, 30_000);

  it('ends where the folder has what was asked for', async () => {
    await withFiles({ 'list.txt': `${url}/red.jpg\n${url}/blue\n` }, async (folder) => {
      const { status, report } = await fetchInto(folder, ['list.txt'], '--allow-private', '--max-count', '1');
      expect([status, report['fetched'], report['left']]).toEqual([0, 1, 1]);
    });
  });

  it('asks no machine of this network', async () => {
    asked.clear();
    const { port } = new URL(url);
    await withFiles(
      { 'list.txt': `${url}/red.jpg\nhttp://localhost:${port}/red.jpg\nhttp://[::1]:${port}/red.jpg\n` },
      async (folder) => {
        const { status, stderr, report } = await fetchInto(folder, ['list.txt']);
        expect([status, report['failed'], asked.size]).toEqual([1, 3, 0]);
        expect(stderr.match(/is not on the public internet/g)).toHaveLength(3);
      },
    );
    const isRefused = (name: string) =>
      new Promise((resolve) => publicLookup(name, {}, (error) => resolve(error?.message)));
    expect(await isRefused('localhost')).toBe('localhost is not on the public internet');
    const addresses =
      '10.1.2.3 172.31.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 ::1 fe80::1 fd00::1 ::ffff:10.0.0.1 64:ff9b::a00:1';
    for (const address of addresses.split(' ')) expect([address, isPrivateAddress(address)]).toEqual([address, true]);
    for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
      expect([address, isPrivateAddress(address)]).toEqual([address, false]);
  });
});

describe('keywords', () => {
  it('choose rows of a table, which keep where they are from', async () => {
    const csv = [
      'url,keyword,license,source,title',
      `${url}/red.jpg,smile,CC0,Ann,`,
      `${url}/blue,car,,,`,
      `${url}/moved,,CC BY 2.0,,"Crying, at last"`,
    ];
    await withFiles({ 'list.csv': csv.join('\n') }, async (folder) => {
      const { status, report } = await fetchInto(folder, ['list.csv'], '--allow-private', '--keywords', 'joy,sadness');
      expect([status, report['listed'], report['chosen'], report['fetched']]).toEqual([0, 3, 2, 2]);
      const rows = (await rowsIn(folder)).sort((a, b) => (a.url > b.url ? -1 : 1));
      expect(rows).toMatchObject([
        { url: `${url}/red.jpg`, keyword: 'smile', license: 'CC0', source: 'Ann' },
        { url: `${url}/moved`, keyword: 'crying', license: 'CC BY 2.0', source: `${url}/moved` },
      ]);
    });
  });

  it('are whole words, the longest first, or lists of one’s own', async () => {
    expect(keywordIn('A Big-smile!', ['smile', 'big smile'])).toBe('big smile');
    expect(keywordIn('sadly', ['sad'])).toBeUndefined();
    await withFiles(
      { 'list.csv': `url,keyword\n${url}/blue,wow\n`, 'own.json': '{"surprise":["wow"]}', 'bad.json': '[1]' },
      async (folder) => {
        const by = (file: string) => [
          '--allow-private',
          '--keyword-lists',
          join(folder, file),
          '--keywords',
          'surprise',
        ];
        expect((await fetchInto(folder, ['list.csv'], ...by('own.json'))).report['chosen']).toBe(1);
        expect((await fetchInto(folder, ['list.csv'], ...by('bad.json'))).stderr).toContain(
          'bad.json: expected lists of words',
        );
        expect((await fetchInto(folder, ['list.csv'], '--keywords', 'boredom')).stderr).toContain(
          '--keywords: expected all or some of neutral, happiness,',
        );
      },
    );
  });
});

describe('a saved photo search', () => {
  const problems: string[] = [];
  const parse = (text: string) => parseFlickr(text, 'search', (where, reason) => problems.push(`${where}: ${reason}`));

  it('is read as XML and as JSON', () => {
    const xml = `<?xml version="1.0" encoding="utf-8" ?><rsp stat="ok"><photos page="1" pages="1">
      <photo id="1" owner="9@N0" secret="abc" server="65" farm="6" title="A &quot;smile&quot; &amp; more" license="4" ispublic="1" />
      <photo id="2" owner="9@N0" secret="abd" server="65" farm="0" title="" license="0" url_m="https://x.org/m.jpg" url_l="https://x.org/l.jpg" />
      <photo id="3" title="nothing" /></photos></rsp>`;
    const photo = {
      id: '1',
      owner: '9@N0',
      secret: 'abc',
      server: '65',
      farm: 0,
      title: 'x',
      license: '77',
      tags: 'happy kid',
    };
    expect(parse(xml)).toEqual([
      {
        url: 'https://farm6.staticflickr.com/65/1_abc.jpg',
        source: 'https://www.flickr.com/photos/9@N0/1',
        license: 'CC BY 2.0',
        keyword: null,
        about: 'A "smile" & more  ',
      },
      expect.objectContaining({ url: 'https://x.org/l.jpg', license: 'All Rights Reserved' }),
    ]);
    expect(problems).toEqual(['search: photo 3 has neither an address (url_…) nor server, id and secret']);
    const json = JSON.stringify({ photos: { page: 1, photo: [photo] }, stat: 'ok' });
    for (const text of [json, `jsonFlickrApi(${json})`])
      expect(parse(text)).toMatchObject([
        { url: 'https://live.staticflickr.com/65/1_abc.jpg', license: 'Flickr licence 77', about: 'x happy kid ' },
      ]);
    expect(parse('http://example.org/a.jpg')).toBeUndefined();
    expect(parse('{"url":"http://example.org/photos/a.jpg"}')).toBeUndefined();
  });
});
