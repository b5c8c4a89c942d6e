/** `mien generate`: pictures by a trained generator, such as a photo's expression on a character. */
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import { decodeImage, InputError, type BoxXYWH, type RawImage } from 'mienjs';
import { resize } from 'mienjs/image';
import { writeImage } from 'mienjs/image/node';
import { createFaceTransfer, loadGenerator } from 'mienjs/predict/node';
import type { FaceGenerator } from 'mienjs/predict';
import { expandImages, STANDARD_STREAM, writeWhole } from 'mienjs/files';
import type { Device } from 'mienjs/runtime';
import { IMAGE_NOTES } from '../formats-help.ts';
import { deviceOption, wholeNumber } from '../options.ts';
import { log, logError, messageOf, print, printJson, Progress, ReportedFailure } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';
import { AnnotatedFolder } from '../recognize/annotated-folder.ts';

interface GenerateOptions {
  readonly out: string;
  readonly character?: string;
  readonly variations?: number;
  readonly seed: number;
  readonly scale: number;
  readonly crop?: true;
  readonly device: Device;
  readonly json?: true;
}

/** The list of what was made, by which an earlier run's folder is known. */
const LIST = 'pictures.json';

const NOTES = `
The generator is a file that training wrote: mien train ha-gan.ferplus … gives ha-gan.ferplus.generator.onnx. Each face of each photo
becomes a picture of the character with the face's expression: NAME.png, or NAME.face-2.png for the second face of a photo. It learned
the expressions that its recipe names; what it makes of others, such as a neutral face, is one of these.

--variations: so many pictures of each face, NAME.1.png and so on, each with other noise, drawn by --seed; without it there is one, without
noise. --crop: the images are framed faces already, such as those of FER2013.

The folder also gets ${LIST}: { "model", "character", "pictures": [{ "file", "face", "box", "variation", "picture" }] }; --json prints it.
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
    .description('pictures by a trained generator: the expressions of photos on a character')
    .argument('<model>', 'a generator, RECIPE.generator.onnx')
    .argument('<inputs...>', 'image files, folders (with all below them), glob patterns, or - for standard input')
    .requiredOption('--out <folder>', 'folder of the pictures: a new one, or that of an earlier run')
    .option('--character <name>', 'whom they show (default: the first that the generator knows)')
    .option('--variations <n>', 'pictures of each face, with noise', wholeNumber(1))
    .option('--seed <n>', 'seed of the noise (default: 1)', wholeNumber(0), 1)
    .option('--scale <n>', 'pixels shown for each that the generator makes (default: 1)', wholeNumber(1), 1)
    .option('--crop', 'the images are framed faces already')
    .addOption(deviceOption())
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES)
    .action(async (model: string, args: string[], options: GenerateOptions) => {
      const { files, passedOver } = await expandImages(args, { outputs: [options.out] });
      const maker = await openMaker(model, options);
      const made: Made[] = [];
      let failed = 0;
      try {
        const folder = await AnnotatedFolder.open(options.out, { inputs: files.map(({ file }) => file), force: false });
        const progress = new Progress('photos', files.length);
        try {
          for (const [i, { file, error }] of files.entries()) {
            try {
              if (error) throw error;
              made.push(...(await makeAll(file, maker, folder, options)));
            } catch (cause) {
              failed++;
              logError(messageOf(cause));
            }
            progress.update(i + 1);
          }
        } finally {
          progress.finish();
        }
      } finally {
        await maker.release();
      }
      const document = {
        model: maker.generator.model.name,
        character: options.character ?? maker.generator.people[0]!,
        pictures: made,
      };
      if (made.length > 0) await writeWhole(join(options.out, LIST), `${JSON.stringify(document, null, 2)}\n`);
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
  const stem = file === STANDARD_STREAM ? 'stdin' : basename(file, extname(file));
  const made: Made[] = [];
  for (let v = 0; v < (variations ?? 1); v++) {
    const pictures = await maker.make(image, variations === undefined ? undefined : seed + v);
    if (pictures.length === 0) log(`${file}: shows no face`);
    for (const [face, { box, picture }] of pictures.entries()) {
      const name = `${stem}${face > 0 ? `.face-${face + 1}` : ''}${variations === undefined ? '' : `.${v + 1}`}.png`;
      const path = await folder.reserve(name);
      const size = { width: picture.width * scale, height: picture.height * scale };
      await writeImage(path, scale === 1 ? picture : resize(picture, size));
      made.push({ file, face, box, variation: variations === undefined ? null : v + 1, picture: path });
    }
    if (pictures.length === 0) break;
  }
  return made;
}
