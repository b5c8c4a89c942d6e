/** `mien synth`: rendered characters whose expression, action units, pose, light and landmarks are known. */
import { InvalidArgumentError, type Command, Option } from 'commander';
import {
  CHARACTERS,
  characterNamed,
  type Character,
  DEFAULT_TIMING,
  expressionsNamed,
  inventedCharacters,
  peopleOf,
  renderSheet,
  type SequenceTiming,
  SYNTH_EXPRESSIONS,
  type Variation,
  WEARS,
  type WearName,
} from 'mienjs/synth';
import { MAP_NAMES, type MapName, SYNTH_MARKER, writeSynthDataset } from 'mienjs/synth/node';
import { writeImage } from 'mienjs/image/node';
import { numberWithin, wholeNumber } from '../options.ts';
import { print, printJson, Progress } from '../output.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { pictureKind } from '../outputs/kinds.ts';

interface SynthOptions {
  readonly characters: readonly string[];
  readonly people?: number;
  readonly invent?: number;
  readonly expressions: readonly string[];
  readonly count: number;
  readonly size: number;
  readonly seed: number;
  readonly intensity?: readonly [number, number];
  readonly pose: number;
  readonly gaze: number;
  readonly plain?: true;
  readonly wear?: readonly WearName[];
  readonly wearShare?: number;
  readonly sequences?: true;
  readonly timing: SequenceTiming;
  readonly maps: readonly MapName[];
  readonly sheet?: string;
  readonly json?: true;
}

const NOTES = `
Characters: ${CHARACTERS.map(({ name, description }) => `\n  ${name.padEnd(6)} ${description}`).join('')}
Expressions: ${SYNTH_EXPRESSIONS.join(', ')}; or basic (the first seven), all8, compound, all.

The folder has FERG's layout (FERG_DB_256/nora/nora_joy/nora_joy_1.png: \`mien data check ferg FOLDER\`), contempt and compound expressions in more/, and
manifest.jsonl, a line for each image as \`mien train … --data manifest=FOLDER/manifest.jsonl\` reads it: { "image", "split", "label" (or "distribution" and
"compound"), "subject", "intensity" (0 to 1), "AU01_r" … (0 to 5), "landmarks" (68 of [x, y], px) }. faces.jsonl has all that was drawn: { "image",
"character", "expression", "intensity", "form", "units" (0 to 1, of each side where they differ), "pose" and "gaze" (degrees), "wears", "landmarks", "scene" (lights,
background, …) }. --maps adds maps/….npy of float32: depth [H,W] and normals [H,W,3] of what is seen, positions [256,256,3] of the skin unrolled.
With --sequences each face is a sequence from rest to the apex and back, its frames in sequences/, with "sequence", "frame" and "phase".
The same settings and seed give the same files.

--json: { "folder", "images", "byCharacter", "byExpression", "manifest", "sheet" }; null for what was not asked for.`;

const DEGREES = numberWithin({ from: 0, to: 80 }, 'degrees');

export function register(program: Command): void {
  const command = program
    .command('synth')
    .description('draw characters that show expressions: images with known labels, action units, pose and landmarks')
    .argument('[folder]', 'where the images go; without it, --sheet')
    .addOption(
      new Option('--characters <names>', 'which, with commas between them').argParser(names).default(['all'], 'all'),
    )
    .addOption(
      new Option('--people <n>', 'human-like faces in place of the characters: this many persons by the seed')
        .argParser(wholeNumber(1))
        .conflicts(['characters', 'invent']),
    )
    .addOption(
      new Option('--invent <n>', 'stylized characters by chance in place of the six: this many by the seed')
        .argParser(wholeNumber(1))
        .conflicts('characters'),
    )
    .addOption(
      new Option('--expressions <names>', 'which, with commas between them')
        .argParser(names)
        .default(['basic'], 'basic'),
    )
    .option('--count <n>', 'images of each character and expression', wholeNumber(1), 10)
    .option('--size <px>', 'side of the images', wholeNumber(16), 256)
    .option('--seed <n>', 'of all that is left to chance', wholeNumber(0), 1)
    .addOption(
      new Option('--intensity <range>', 'of the expressions, such as 0.3-1 (default: 0.65-1)').argParser(range),
    )
    .option('--pose <degrees>', 'greatest yaw; pitch up to two thirds of it, roll up to half', DEGREES, 25)
    .option('--gaze <degrees>', 'greatest angle of the gaze from straight ahead', DEGREES, 12)
    .option('--plain', 'one light and background for all')
    .addOption(
      new Option(
        '--wear <names>',
        `what some of the faces wear, for studies of occlusion: ${WEARS.join(', ')}`,
      ).argParser((value: string) => chosen(value, WEARS)),
    )
    .addOption(
      new Option('--wear-share <share>', 'the share of them, 0 to 1 (default: 0.4)').argParser(
        numberWithin({ from: 0, to: 1 }),
      ),
    )
    .option('--sequences', 'sequences in place of single images')
    .addOption(
      new Option('--timing <frames>', 'frames of onset, apex and offset of a sequence')
        .argParser(timing)
        .default(DEFAULT_TIMING, '8,6,10'),
    )
    .addOption(
      new Option('--maps <names>', `maps beside each image: ${MAP_NAMES.join(', ')}`)
        .argParser((value: string) => chosen(value, MAP_NAMES))
        .default([], 'none'),
    )
    .option('--sheet <file>', 'a picture of all characters (rows) with all expressions (columns) in their typical form')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<SynthOptions>(command, ({ sheet, json }, [folder]) => ({
    outputs: [
      ...(folder === undefined ? [] : [{ flag: 'the folder', path: folder, marker: SYNTH_MARKER }]),
      ...outputFile('--sheet', sheet, pictureKind),
      ...jsonOutput(json),
    ],
  }));
  command.action(async (folder: string | undefined, options: SynthOptions) => {
    if (folder === undefined && options.sheet === undefined) command.error('error: expected a folder, --sheet or both');
    await synth(folder, options);
  });
}

async function synth(folder: string | undefined, options: SynthOptions): Promise<void> {
  const characters = charactersOf(options);
  const expressions = expressionsNamed(options.expressions);
  const { sheet, json, size } = options;
  if (sheet !== undefined) {
    const bar = new Progress('sheet', characters.length * expressions.length);
    const image = renderSheet(characters, expressions, {
      cell: Math.min(size, 256),
      onProgress: (done) => bar.update(done),
    });
    bar.finish();
    await writeImage(sheet, image);
  }
  const written = folder === undefined ? undefined : await writeDataset(folder, characters, options);
  if (json) {
    const { images = 0, byCharacter = {}, byExpression = {}, manifest = null } = written ?? {};
    await printJson({ folder: folder ?? null, images, byCharacter, byExpression, manifest, sheet: sheet ?? null });
    return;
  }
  if (sheet !== undefined) await print(`${sheet}\n`);
  if (written)
    await print(
      `${folder!}: ${written.images} images (characters: ${characters.length}, expressions: ${expressions.length})\n${written.manifest}\n`,
    );
}

async function writeDataset(
  folder: string,
  characters: readonly Character[],
  options: SynthOptions,
): ReturnType<typeof writeSynthDataset> {
  const { count, size, seed, maps, sequences, timing: frames } = options;
  let bar: Progress | undefined;
  const written = await writeSynthDataset(
    folder,
    {
      characters,
      expressions: expressionsNamed(options.expressions),
      count,
      seed,
      variation: variationOf(options),
      ...(sequences ? { timing: frames } : {}),
    },
    {
      size: { width: size, height: size },
      maps,
      onProgress(done, total) {
        bar ??= new Progress('synth', total);
        bar.update(done);
      },
    },
  );
  bar?.finish();
  return written;
}

function charactersOf({ characters, people, invent, seed }: SynthOptions): readonly Character[] {
  if (people !== undefined) return peopleOf(people, seed);
  if (invent !== undefined) return inventedCharacters(invent, seed);
  return characters.includes('all') ? CHARACTERS : [...new Set(characters)].map(characterNamed);
}

function variationOf({ intensity, pose, gaze, plain, wear, wearShare }: SynthOptions): Variation {
  return {
    ...(intensity ? { intensity } : {}),
    poseDeg: pose,
    gazeDeg: gaze,
    ...(plain ? { light: false, background: false } : {}),
    ...(wear ? { wears: wear } : {}),
    ...(wearShare === undefined ? {} : { wearShare }),
  };
}

function names(value: string): string[] {
  const list = value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (list.length === 0) throw new InvalidArgumentError('Expected names with commas between them.');
  return list;
}

function chosen<Name extends string>(value: string, known: readonly Name[]): Name[] {
  return names(value).map((name) => {
    const found = known.find((other) => other === name);
    if (!found) throw new InvalidArgumentError(`Expected some of ${known.join(', ')}, got "${name}".`);
    return found;
  });
}

function range(value: string): readonly [number, number] {
  const [, from, to] = /^\s*([\d.]+)\s*-\s*([\d.]+)\s*$/.exec(value) ?? [];
  const [low, high] = [Number(from), Number(to)];
  if (!(low >= 0 && low <= high && high <= 1))
    throw new InvalidArgumentError('Expected a range within 0 and 1, such as 0.3-1.');
  return [low, high];
}

function timing(value: string): SequenceTiming {
  const frames = value.split(',').map(Number);
  const [onset, apex, offset] = frames;
  if (
    frames.length !== 3 ||
    !frames.every((n) => Number.isInteger(n) && n >= 0 && n <= 1000) ||
    onset === 0 ||
    apex === 0
  )
    throw new InvalidArgumentError('Expected frames of onset, apex and offset, such as 8,6,10.');
  return { onset: onset!, apex: apex!, offset: offset! };
}
