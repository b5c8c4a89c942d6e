/** `mien surfaces`: pictures of faces from all sides, with their surfaces, for a position-map network to learn from. */
import type { Command } from 'commander';
import { eachImage, trainSplit, type Dataset } from 'mienjs/data';
import { FaceSurface } from 'mienjs/face';
import {
  drawPersons,
  type FaceSubject,
  loadCanonicalFace,
  loadFaceMesher,
  readSubjects,
  SubjectReader,
  SURFACES_MARKER,
  writeSurfaces,
} from 'mienjs/face/node';
import type { RawImage } from 'mienjs/image';
import { loadData } from '../data/data-input.ts';
import { dataOption, type DataOption, wholeNumber } from '../options.ts';
import { log, print, printJson, Progress } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';

interface SurfacesOptions {
  readonly count: number;
  readonly size: number;
  readonly seed: number;
  readonly people: number;
  readonly data?: readonly DataOption[];
  readonly faces: number;
  readonly json?: true;
}

/** Loop subdivisions: as dense as pictures of this size show. */
const LEVELS = 2;
/** Side that images of data are brought to, px: what the mesh looks at. */
const SIDE = 192;

const NOTES = `
Shapes and colors are read by the face mesh off faces that look about straight ahead: of persons that Mien draws (--people), and of the training
split of data of yours (--data; images that each show one face). Each picture mixes shapes of all of them and takes the colors of one, from any
side up to 80°, under any light, before any background. Of ten pictures one is to test and one to validate, of images of their own: where data show a person in several, the person may be in more than one split.

The folder has surfaces/000001.png … and manifest.jsonl, a line for each: { "image", "split", "mesh" (468 of [x, y, z]: x and y in widths of the
picture, z behind the middle of the face in the same unit) }. \`mien train position-map.manifest --data manifest=FOLDER\` reads it. The same
faces and settings give the same files. Pictures of faces of data are derived from them: their terms hold.

--json: { "folder", "images", "subjects", "manifest" }`;

export function register(program: Command): void {
  const command = program
    .command('surfaces')
    .description('draw faces from all sides with their surfaces: what a position-map network learns from')
    .argument('<folder>', 'where the pictures go')
    .option('--count <n>', 'pictures', wholeNumber(10), 5000)
    .option('--size <px>', 'side of the pictures', wholeNumber(32), 128)
    .option('--seed <n>', 'of all that is left to chance', wholeNumber(0), 1)
    .option('--people <n>', 'persons that are drawn to read shapes and colors off', wholeNumber(0), 150)
    .addOption(dataOption('data whose faces are read as well; may be given several times'))
    .option('--faces <n>', 'how many of each data, the first ones', wholeNumber(1), 300)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<SurfacesOptions>(command, ({ data = [], json }, [folder]) => ({
    inputs: data.map(({ path }) => path),
    outputs: [{ flag: 'the folder', path: folder!, marker: SURFACES_MARKER }, ...jsonOutput(json)],
  }));
  command.action(async (folder: string, options: SurfacesOptions) => {
    if (!options.data?.length && command.getOptionValueSource('faces') !== 'default')
      command.error("error: option '--faces <n>' needs option '--data'");
    const { count, size, seed, json } = options;
    const canonical = await loadCanonicalFace();
    const surface = new FaceSurface(canonical, LEVELS);
    const subjects = await subjectsOf(new SubjectReader(canonical, surface), options);
    const bar = new Progress('surfaces', count);
    const manifest = await writeSurfaces(folder, subjects, surface, {
      count,
      size,
      seed,
      onProgress: (done) => bar.update(done),
    });
    bar.finish();
    if (json) await printJson({ folder, images: count, subjects: subjects.length, manifest });
    else await print(`${folder}: ${count} pictures, of ${subjects.length} faces\n${manifest}\n`);
  });
}

async function subjectsOf(
  reader: SubjectReader,
  { people, data = [], faces, seed }: SurfacesOptions,
): Promise<FaceSubject[]> {
  const mesher = await loadFaceMesher();
  const persons = new Progress('persons', people);
  const subjects = await readSubjects(drawPersons(people, seed), reader, mesher, {
    onProgress: (_, images) => persons.update(images),
  });
  persons.finish();
  for (const option of data) {
    const bar = new Progress(`faces of ${option.name}`, faces);
    const own = await readSubjects(await cropsOf(option), reader, mesher, {
      most: faces,
      onProgress: (found) => bar.update(found),
    });
    bar.finish();
    if (own.length < faces) log(`${option.path}: ${own.length} faces that look straight ahead, of ${faces} asked for`);
    subjects.push(...own);
  }
  return subjects;
}

/** The images of the training split. */
async function cropsOf(option: DataOption): Promise<AsyncIterable<RawImage>> {
  const dataset: Dataset = await loadData(option, { width: SIDE, height: SIDE, channels: 'rgb' }, {});
  return eachImage((await dataset.loadSplit(trainSplit(dataset), 'train')).imageSource);
}
