/** `mien map`: features of faces as a map in two dimensions, with their pictures, on a page. */
import type { Command } from 'commander';
import { InputError } from 'mienjs';
import { writeLines } from 'mienjs/files';
import { loadSamples, type LabelledImages } from 'mienjs/data';
import { featureMap, sampleRows, type FeatureMap } from 'mienjs/studies';
import { readFeatureFolder, type FeatureFolder } from 'mienjs/predict/node';
import { thumbnailSheet } from 'mienjs/evaluate';
import { percent, renderFeatureMap, type ThumbnailSheet } from 'mienjs/report';
import { loadData, withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { dataOption, numberWithin, wholeNumber, type DataOption } from '../options.ts';
import { print, printJson, Progress } from '../output.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { pageKind } from '../outputs/kinds.ts';

interface MapOptions extends DataInputOptions {
  readonly out: string;
  readonly data?: readonly DataOption[];
  readonly sample: number;
  readonly neighbours: number;
  readonly minDistance: number;
  readonly seed: number;
  readonly title?: string;
  readonly json?: true;
}

const NOTES = `
A folder is what \`mien features\` writes. Of the rows with a label, --sample are drawn by the seed; their features are brought to 50
principal components, and these by UMAP to two dimensions. Several folders, such as those of two networks on the same images, stand
beside each other with the same rows, as fig. 9 of Li & Deng 2019 has it. With --data the page has the faces' pictures: data that may not be
passed on must then not be passed on with the page either.

--json: { "out", "classes", "ids", "labels", "maps": [{ "folder", "points" ([x, y] of each row), "components", "explained" (share of the variance that the
components keep), "purity": { "features", "map", "chance" } (share of the 10 nearest neighbours with the same label) }] }.`;

/** Side of the pictures, px: they are drawn smaller, and larger under the pointer. */
const PICTURE = 48;

export function register(program: Command): void {
  const command = withDataInput(
    program
      .command('map')
      .description('a map of features in two dimensions, with pictures, as a page')
      .argument('<folder...>', 'features, as `mien features` writes them')
      .option('--out <file>', 'the page', 'map.html')
      .addOption(dataOption('the dataset that the features are of, and where it is, for the pictures'))
      .option('--sample <n>', 'how many faces; time grows with the square', wholeNumber(20), 1500)
      .option('--neighbours <n>', 'of UMAP: more show the larger structure', wholeNumber(3), 15)
      .option(
        '--min-distance <distance>',
        'of UMAP: how close points may lie',
        numberWithin({ from: 0, below: 1 }),
        0.1,
      )
      .option('--seed <n>', 'of the sample and the map', wholeNumber(0), 1)
      .option('--title <text>', 'of the page')
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES),
  );
  planFiles<MapOptions>(command, ({ out, data = [], json, codes }, folders) => ({
    inputs: [codes, ...folders, ...data.map(({ path }) => path)],
    outputs: [...outputFile('--out', out, pageKind), ...jsonOutput(json)],
  }));
  command.action(async (folders: string[], options: MapOptions) => {
    if ((options.data?.length ?? 0) > 1) command.error('error: --data: expected one dataset, got several');
    await map(folders, options);
  });
}

async function map(
  folders: readonly string[],
  { out, data, sample, neighbours, minDistance, seed, title, json, ...input }: MapOptions,
): Promise<void> {
  const first = await readFeatureFolder(folders[0]!);
  const rows = sampleRows(first.labels, sample, seed);
  const ids = rows.map((row) => first.ids[row]!);
  const labels = rows.map((row) => first.labels[row]!);
  const labelled = first.labels.filter((label) => label >= 0).length;
  const least = Math.max(neighbours, 10) + 1;
  if (rows.length < least)
    throw new InputError(folders[0]!, `has ${rows.length} rows with a label, expected at least ${least}`);
  const thumbnails = data?.[0] && (await pictures(data[0], input, first, rows));

  const maps: { folder: string; name: string; made: FeatureMap }[] = [];
  for (const [f, folder] of folders.entries()) {
    const source = f === 0 ? first : await readFeatureFolder(folder);
    const bar = new Progress(`map ${source.name}`, 1000);
    const made = featureMap(pickRows(folder, source, f === 0 ? rows : rowsOf(folder, source, ids)), labels, {
      neighbors: neighbours,
      minDistance,
      seed,
      onProgress: (done, total) => bar.update(Math.round((1000 * done) / total)),
    });
    bar.finish();
    maps.push({ folder, name: source.name, made });
  }

  const notes = [
    `${rows.length} of ${labelled} faces with a label${rows.length < labelled ? `, drawn by seed ${seed}` : ''}; UMAP with ${neighbours} neighbours, least distance ${minDistance}.`,
  ];
  const page = renderFeatureMap(
    title ?? `Features of ${maps.map(({ name }) => name).join(' and ')}`,
    { classes: first.classes, labels, ids, ...(thumbnails ? { thumbnails } : {}) },
    maps.map(({ name, made }) => ({
      title: name,
      points: made.points,
      purity: made.purity,
      notes: [...notes, `${made.components} components keep ${(100 * made.explained).toFixed(1)} % of the variance.`],
    })),
  );
  await writeLines(out, [page.trimEnd()]);
  if (json) {
    await printJson({
      out,
      classes: first.classes,
      ids,
      labels: labels.map((k) => first.classes[k]),
      maps: maps.map(({ folder, made: { points, components, explained, purity } }) => ({
        folder,
        points: labels.map((_, i) => [points[2 * i], points[2 * i + 1]].map((v) => Number(v!.toFixed(4)))),
        components,
        explained,
        purity,
      })),
    });
    return;
  }
  for (const {
    folder,
    made: { purity },
  } of maps) {
    await print(
      `${folder}: ${percent(purity.map)} % of the 10 nearest neighbours on the map have the same label, ${percent(purity.features)} % among the features; by chance ${percent(purity.chance)} %\n`,
    );
  }
  await print(`${out}\n`);
}

/** Where another folder holds the same faces. */
function rowsOf(folder: string, { ids }: FeatureFolder, wanted: readonly string[]): number[] {
  const places = new Map(ids.map((id, row) => [id, row]));
  return wanted.map((id) => {
    const row = places.get(id);
    if (row === undefined) throw new InputError(folder, `has no row ${id}, which the first folder has`);
    return row;
  });
}

function pickRows(folder: string, { features, dimensions: D }: FeatureFolder, rows: readonly number[]): Float32Array {
  const picked = new Float32Array(rows.length * D);
  rows.forEach((row, i) => picked.set(features.subarray(row * D, (row + 1) * D), i * D));
  if (!picked.every(Number.isFinite)) throw new InputError(folder, 'holds features that are not finite numbers');
  return picked;
}

/** The faces' pictures, found by their ids in the splits that the rows name, or in all. */
async function pictures(
  option: DataOption,
  input: DataInputOptions,
  { ids, splits }: FeatureFolder,
  rows: readonly number[],
): Promise<ThumbnailSheet> {
  const dataset = await loadData(option, { width: PICTURE, height: PICTURE, channels: 'rgb' }, input);
  const named = new Set(rows.flatMap((row) => splits[row] ?? []));
  const found = new Map<string, LabelledImages['images']>();
  for (const split of dataset.splits.filter((s) => named.size === 0 || named.has(s))) {
    for (const use of ['evaluate', 'train'] as const) {
      const images = await dataset.loadSplit(split, use);
      const places = new Map(images.ids.map((id, row) => [id, row]));
      for (const row of rows) {
        const [id, at] = [ids[row]!, places.get(ids[row]!)];
        if (at !== undefined && !found.has(id)) found.set(id, (await loadSamples(images, Int32Array.of(at))).images);
      }
      if (found.size === rows.length) break;
    }
  }
  const missing = rows.find((row) => !found.has(ids[row]!));
  if (missing !== undefined)
    throw new InputError(option.path, `${option.name} holds no image ${ids[missing]}, which the features have`);
  const tables = rows.map((row) => found.get(ids[row]!)!);
  const { height, width, channels } = tables[0]!;
  const size = height * width * channels;
  const pixels = new Uint8Array(tables.length * size);
  tables.forEach((table, i) => pixels.set(table.pixels, i * size));
  return thumbnailSheet(
    { count: tables.length, height, width, channels, pixels },
    tables.map((_, i) => i),
    PICTURE,
  );
}
