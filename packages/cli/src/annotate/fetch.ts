/** `mien annotate fetch`: images of lists of addresses and of saved photo searches into a folder. */
import { InvalidArgumentError, type Command } from 'commander';
import { InputError } from 'mienjs';
import { readText, userPath } from 'mienjs/files';
import { asExpression } from 'mienjs/labels';
import { stoppable } from '../endings.ts';
import { wholeNumber } from '../options.ts';
import { log, messageOf, print, printJson, Progress, ReportedFailure } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';
import { FETCH_MARKER, fetchImages } from './fetch/fetch-images.ts';
import { readList, type Listed } from './fetch/listed.ts';
import { keywordIn, KEYWORDS, type KeywordLists } from './keywords.ts';

interface FetchVerbOptions {
  readonly out: string;
  readonly keywords?: readonly string[];
  readonly keywordLists?: string;
  readonly maxCount: number;
  readonly maxTotalMb: number;
  readonly maxFileMb: number;
  readonly maxPixels: number;
  readonly maxSeconds: number;
  readonly parallel: number;
  readonly allowPrivate?: true;
  readonly json?: true;
}

const MIB = 2 ** 20;

const NOTES = `
A LIST is a text file of addresses, one a line; a table (CSV, JSON lines) with a column url, and source, license, keyword, title, tags where it has
them; or what Flickr's flickr.photos.search answered, saved as XML or JSON.

--keywords takes photos only that were found by a keyword of these expressions (mien annotate keywords), or have one in their title or tags.
--keyword-lists FILE has your own: { "happiness": ["smile", …], … }.

Only http and https are asked, and only machines on the public internet, after redirects too. What is fetched has to be an image: it is decoded.
DIR has images/ and manifest.jsonl: { "image", "url", "source", "license", "keyword", "sha256", "bytes" }, which mien annotate import reads. A run
that was ended goes on when it is started again. An address that fails does not stop the others: it is reported, and the exit status is 1.

Whether you may use a photo is for you to know: see its licence, and the laws that hold where you are.

--json: { "manifest", "listed", "chosen" (by keywords), "fetched", "present" (of earlier runs), "duplicates", "failed", "left" }.`;

export function registerFetch(annotate: Command): void {
  const command = annotate
    .command('fetch')
    .description('images of lists of addresses, or of saved photo searches, into a folder, with their licences')
    .argument('<inputs...>', 'lists')
    .requiredOption('--out <folder>', 'where the images go')
    .option('--keywords <names>', 'expressions with commas between them, or all', parseNames)
    .option('--keyword-lists <file>', 'your own lists of keywords, as JSON')
    .option('--max-count <n>', 'images in the folder', wholeNumber(1), 10_000)
    .option('--max-total-mb <n>', 'MiB of all images', wholeNumber(1), 10_240)
    .option('--max-file-mb <n>', 'MiB of one image', wholeNumber(1), 20)
    .option('--max-pixels <n>', 'pixels of one image', wholeNumber(1), 50_000_000)
    .option('--max-seconds <n>', 'seconds for one image', wholeNumber(1), 30)
    .option('--parallel <n>', 'images at the same time', wholeNumber(1), 4)
    .option('--allow-private', 'machines of this network may be asked, too')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<FetchVerbOptions>(command, ({ out, keywordLists, json }, lists) => ({
    inputs: [...lists, keywordLists],
    outputs: [{ flag: '--out', path: out, marker: FETCH_MARKER }, ...jsonOutput(json)],
  }));
  command.action(async (lists: readonly string[], options: FetchVerbOptions) => {
    const words = await wordsOf(options);
    let problems = 0;
    const listed: Listed[] = [];
    for (const list of lists) {
      const found = await readList(userPath(list), (where, reason) => {
        problems++;
        log(`${where}: ${reason}`);
      });
      for (const one of found) listed.push(one);
    }
    const chosen = words === undefined ? listed : listed.flatMap((one) => choose(one, words));
    const bar = new Progress('fetch', Math.max(1, chosen.length));
    const report = await stoppable((stop) =>
      fetchImages(chosen, options.out, {
        bytes: options.maxFileMb * MIB,
        pixels: options.maxPixels,
        seconds: options.maxSeconds,
        allowsPrivate: options.allowPrivate === true,
        count: options.maxCount,
        totalBytes: options.maxTotalMb * MIB,
        parallel: options.parallel,
        stop,
        onProgress: (done) => bar.update(done),
        onProblem: (error) => log(messageOf(error)),
      }),
    ).finally(() => bar.finish());
    if (options.json) await printJson({ ...report, listed: listed.length, chosen: chosen.length });
    else {
      const { manifest, fetched, present, duplicates, failed, left } = report;
      const further = Object.entries({ 'there before': present, duplicates, failed, 'not tried': left })
        .filter(([, count]) => count > 0)
        .map(([what, count]) => `, ${count} ${what}`);
      const of = chosen.length < listed.length ? ` of ${chosen.length} chosen from ${listed.length}` : '';
      await print(`${manifest}: ${fetched} images${of}${further.join('')}\n`);
    }
    if (report.failed + problems > 0) throw new ReportedFailure();
  });
}

/** The words by which photos are chosen; undefined: all are. */
async function wordsOf({ keywords, keywordLists }: FetchVerbOptions): Promise<readonly string[] | undefined> {
  if (keywords === undefined && keywordLists === undefined) return undefined;
  const lists = keywordLists === undefined ? KEYWORDS : await readKeywordLists(keywordLists);
  const all = Object.entries(lists) as [string, readonly string[]][];
  if (keywords === undefined || keywords.includes('all')) return all.flatMap(([, words]) => words);
  return keywords.flatMap((name) => {
    const expression = asExpression(name);
    const found = all.find(([key]) => key === name || key === expression);
    if (!found)
      throw new InputError(
        '--keywords',
        `expected all or some of ${all.map(([key]) => key).join(', ')}, got "${name}"`,
      );
    return found[1];
  });
}

async function readKeywordLists(file: string): Promise<KeywordLists> {
  let lists: unknown;
  try {
    lists = JSON.parse(await readText(file));
  } catch (cause) {
    throw cause instanceof SyntaxError ? new InputError(file, `is not JSON: ${cause.message}`) : cause;
  }
  const isLists =
    typeof lists === 'object' &&
    lists !== null &&
    !Array.isArray(lists) &&
    Object.values(lists).every((words) => Array.isArray(words) && words.every((word) => typeof word === 'string'));
  if (!isLists) throw new InputError(file, 'expected lists of words by expression: { "happiness": ["smile", …], … }');
  return lists as KeywordLists;
}

/** With the keyword by which it is chosen, where its list names none. */
function choose(one: Listed, words: readonly string[]): Listed[] {
  const keyword = one.keyword === null ? keywordIn(one.about, words) : keywordIn(one.keyword, words) && one.keyword;
  return keyword === undefined ? [] : [{ ...one, keyword }];
}

function parseNames(text: string): string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) throw new InvalidArgumentError('Expected names with commas between them.');
  return names;
}
