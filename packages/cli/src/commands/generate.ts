/** `mien generate`: pictures by a trained generator: a photo's expression on a character, faces of a class. */
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { decodeImage, InputError, type BoxXYWH, type RawImage } from 'mienjs';
import { writeImage } from 'mienjs/image/node';
import { createFaceTransfer, loadGenerator } from 'mienjs/predict/node';
import type { FaceGenerator } from 'mienjs/predict';
import { expandImages, STANDARD_STREAM } from 'mienjs/files';
import type { Device } from 'mienjs/runtime';
import { IMAGE_NOTES } from '../formats-help.ts';
import { checkAsked, drawAll, scaled, twoNames } from '../generate/draw.ts';
import { deviceOption, numberWithin, wholeNumber } from '../options.ts';
import { log, print, printJson, ReportedFailure } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';
import { eachPhoto, markFolder, pictureName, writeList } from '../outputs/picture-folder.ts';
import { refuseOptions } from '../protocol/options.ts';
import { AnnotatedFolder } from '../recognize/annotated-folder.ts';

interface GenerateOptions {
  readonly out: string;
  readonly character?: string;
  readonly variations?: number;
  readonly class?: string;
  readonly between?: readonly [string, string];
  readonly count?: number;
  readonly steps?: number;
  readonly strength?: number;
  readonly seed: number;
  readonly scale: number;
  readonly crop?: true;
  readonly device: Device;
  readonly json?: true;
}

/** The list of what was made, by which an earlier run's folder is known. */
const LIST = 'pictures.json';

const NOTES = `
The generator is a file that training wrote, RECIPE.generator.onnx, and what it makes its pictures of is a matter of its recipe:

mien train ha-gan.ferplus …: each face of each photo becomes a picture of the character with the face's expression, NAME.png, or
NAME.face-2.png for the second face of a photo. It learned the expressions that its recipe names; what it makes of others, such as a
neutral face, is one of these. --variations: so many pictures of each face, NAME.1.png and so on, each with other noise, drawn by --seed;
without it there is one, without noise. mien train autoencoder.dense.ferplus …: each face as the autoencoder makes it of its code.
--crop: the images are framed faces already, such as those of FER2013.

mien train conditional-vae.ferplus …: takes no images, and draws new faces. --class happiness --count 10 writes happiness-1.png and so on;
--between neutral,happiness writes each face in --steps pictures from the one to the other, neutral-happiness-1.1.png and so on. A face
is decided by --seed and its number, whatever its class.

The folder also gets ${LIST}: { "model", "character" (null of other generators), "pictures": [{ "file", "face", "box", "variation", "picture" }] },
of drawn faces { "model", "pictures": [{ "shares", "number", "picture" }] }; --json prints it.
${IMAGE_NOTES}`;

/** A picture that was made. */
interface Made {
  readonly file: string;
  /** From 0, surest first. */
  readonly face: number;
  /** Null for a face that was framed already. */
  readonly box: BoxXYWH | null;
  /** From 1; null without noise. */
  readonly variation: number | null;
  /** Where it is. */
  readonly picture: string;
}

export function register(program: Command): void {
  const command = program
    .command('generate')
    .description('pictures by a trained generator: the expressions of photos on a character, or new faces of a class')
    .argument('<model>', 'a generator, RECIPE.generator.onnx')
    .argument('[inputs...]', 'image files, folders (with all below them), glob patterns, or - for standard input')
    .requiredOption('--out <folder>', 'folder of the pictures: a new one, or that of an earlier run')
    .option('--character <name>', 'whom they show (default: the first that the generator knows)')
    .option('--variations <n>', 'pictures of each face, with noise', wholeNumber(1))
    .option('--class <name>', 'draw faces of this class')
    .addOption(
      new Option('--between <classes>', 'draw faces from one class to another, as in neutral,happiness')
        .argParser(twoNames)
        .conflicts('class'),
    )
    .option('--count <n>', 'how many faces are drawn (default: 1)', wholeNumber(1))
    .option('--steps <n>', 'pictures of each face between two classes (default: 5)', wholeNumber(1))
    .option(
      '--strength <factor>',
      'exaggerate the class, away from the mean of all (default: 1)',
      numberWithin({ above: 0, to: 10 }),
    )
    .option('--seed <n>', 'seed of the noise (default: 1)', wholeNumber(0), 1)
    .option('--scale <n>', 'pixels shown for each that the generator makes (default: 1)', wholeNumber(1), 1)
    .option('--crop', 'the images are framed faces already')
    .addOption(deviceOption())
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES)
    .action(async (model: string, args: string[], options: GenerateOptions) => {
      const { class: one, between } = options;
      if (between === undefined) refuseOptions(command, { ...options }, ['steps'], "needs option '--between'");
      if (one === undefined && between === undefined)
        refuseOptions(command, { ...options }, ['count', 'strength'], "needs option '--class' or '--between'");
      else
        refuseOptions(command, { ...options }, ['character', 'variations', 'crop'], 'has no meaning for drawn faces');
      if (args.length === 0) return draw(model, options);
      const { files, passedOver } = await expandImages(args, { outputs: [options.out] });
      const maker = await openMaker(model, options);
      const about = {
        model: maker.generator.model.name,
        character: options.character ?? maker.generator.people[0] ?? null,
      };
      const made: Made[] = [];
      let failed = 0;
      try {
        await checkAsked(maker.generator, args, options);
        const folder = await AnnotatedFolder.open(options.out, { inputs: files.map(({ file }) => file), force: false });
        await markFolder(join(options.out, LIST), { ...about, pictures: [] });
        failed = await eachPhoto(files, async (file) => {
          made.push(...(await makeAll(file, maker, folder, options)));
        });
      } finally {
        await maker.release();
      }
      const document = { ...about, pictures: made };
      if (made.length > 0) await writeList(join(options.out, LIST), document);
      if (options.json) await printJson(document);
      else await print(made.map(({ picture }) => `${picture}\n`).join(''));
      if (passedOver !== undefined) log(passedOver);
      if (failed > 0) throw new ReportedFailure();
    });
  planFiles<GenerateOptions>(command, ({ out, json }, [model, ...args]) => {
    if (out === STANDARD_STREAM) throw new InputError(out, 'expected a folder for --out, not standard output');
    return {
      inputs: [model, ...args],
      outputs: [{ flag: '--out', path: out, marker: LIST }, ...jsonOutput(json)],
    };
  });
}

/** New faces of a class, or between two. */
async function draw(model: string, options: GenerateOptions): Promise<void> {
  const generator = await loadGenerator(model, { device: options.device });
  try {
    await checkAsked(generator, [], options);
    const folder = await AnnotatedFolder.open(options.out, { inputs: [], force: false });
    await markFolder(join(options.out, LIST), { model: generator.model.name, pictures: [] });
    const pictures = await drawAll(generator, folder, options);
    const document = { model: generator.model.name, pictures };
    await writeList(join(options.out, LIST), document);
    if (options.json) await printJson(document);
    else await print(pictures.map(({ picture }) => `${picture}\n`).join(''));
  } finally {
    await generator.release();
  }
}

/** Finds the faces of an image, and makes a picture of each. */
interface Maker {
  readonly generator: FaceGenerator;
  /** @param seed of the noise; undefined: none */
  make(image: RawImage, seed: number | undefined): Promise<{ box: BoxXYWH | null; picture: RawImage }[]>;
  release(): Promise<void>;
}

async function openMaker(model: string, { device, crop, character }: GenerateOptions): Promise<Maker> {
  const settings = (seed: number | undefined): { person?: string; seed?: number } => ({
    ...(character === undefined ? {} : { person: character }),
    ...(seed === undefined ? {} : { seed }),
  });
  if (crop) {
    const generator = await loadGenerator(model, { device });
    return {
      generator,
      make: async (image, seed) =>
        (await generator.generate([generator.fitted(image)], settings(seed))).map((picture) => ({
          box: null,
          picture,
        })),
      release: () => generator.release(),
    };
  }
  const transfer = await createFaceTransfer(model, { device });
  return {
    generator: transfer.generator,
    make: (image, seed) => transfer.transfer(image, settings(seed)),
    release: () => transfer.release(),
  };
}

async function makeAll(
  file: string,
  maker: Maker,
  folder: AnnotatedFolder,
  { variations, seed, scale }: GenerateOptions,
): Promise<Made[]> {
  const image = await decodeImage(file);
  const made: Made[] = [];
  for (let v = 0; v < (variations ?? 1); v++) {
    const pictures = await maker.make(image, variations === undefined ? undefined : seed + v);
    if (pictures.length === 0) log(`${file}: shows no face`);
    for (const [face, { box, picture }] of pictures.entries()) {
      const path = await folder.reserve(pictureName(file, face, variations === undefined ? '' : `.${v + 1}`));
      await writeImage(path, scaled(picture, scale));
      made.push({ file, face, box, variation: variations === undefined ? null : v + 1, picture: path });
    }
    if (pictures.length === 0) break;
  }
  return made;
}
