/** `mien animate`: a character that wears the expressions of photos. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { decodeImage, InputError, type BoxXYWH, type RawImage } from 'mienjs';
import { type ExpressionFit, ExpressionSmoother } from 'mienjs/animate';
import { expandImages, STANDARD_STREAM, writeWhole } from 'mienjs/files';
import { checkAnimationName, mostAnimationFrames, writeAnimation, writeImage } from 'mienjs/image/node';
import { DEFAULT_MODEL } from 'mienjs/predict';
import type { Device } from 'mienjs/runtime';
import { CHARACTERS, UNIT_NUMBERS, sidesOf } from 'mienjs/synth';
import { joinCsv } from 'mienjs/tables';
import { beside, Puppet, type WornFace } from '../animate/puppet.ts';
import { IMAGE_NOTES } from '../formats-help.ts';
import { deviceOption, numberWithin, wholeNumber } from '../options.ts';
import { log, logError, print, printJson, ReportedFailure } from '../output.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { pictureKind } from '../outputs/kinds.ts';
import { eachPhoto, markFolder, pictureName, writeList } from '../outputs/picture-folder.ts';
import { AnnotatedFolder } from '../recognize/annotated-folder.ts';

interface AnimateOptions {
  readonly character: string;
  readonly out: string;
  readonly neutral?: string;
  readonly size: number;
  readonly beside?: true;
  readonly animation?: string;
  readonly fps: number;
  readonly expressionWeight: number;
  readonly exaggeration: number;
  readonly model: string;
  readonly device: Device;
  readonly json?: true;
}

/** The list of what was made, by which an earlier run's folder is known. */
const LIST = 'animated.json';
const TABLE = 'animated.csv';

const NOTES = `
Characters: ${CHARACTERS.map(({ name, description }) => `\n  ${name.padEnd(6)} ${description}`).join('')}

Each face of each photo becomes a picture of the character with the face's expression, pose and gaze: NAME.png, or NAME.face-2.png for the
second face of a photo. The intensities of the action units are those with which the rig's own effect on a face's mesh explains the mesh
best, together with the expression that is recognised in the photo. --neutral: a photo of the same person at rest, so that their own shape is
known and not guessed; it is taken for all photos.

--expression-weight: how much the recognised expression counts against the mesh, 0 (not at all) to 1 (alone). Of a --model that tells no expression
which characters show, the mesh alone decides.
--animation: the first face of each photo as the frames of an animated WebP, in the order of the inputs (files of a folder by name),
evened out over time. A photo without a face, or that cannot be read, repeats the frame before; the film begins with the first face. It has at
most ${mostAnimationFrames(256, 256)} frames of 256 px, half as many with --beside, a quarter at 512 px.

The folder also gets ${LIST}: { "character", "model", "pictures": [{ "file", "face", "box", "top", "confidence", "units" (0 to 1; { "left", "right" }
where the sides differ; the subject's own), "pose", "gaze" (degrees), "picture" }] }, which --json prints, and ${TABLE}: a row for each
picture, columns AU01_left and so on.
${IMAGE_NOTES}`;

/** A picture that was made. */
interface Made extends ExpressionFit {
  readonly file: string;
  /** From 0, surest first. */
  readonly face: number;
  readonly box: BoxXYWH;
  readonly top: string;
  readonly confidence: number;
  /** Where it is. */
  readonly picture: string;
}

export function register(program: Command): void {
  const command = program
    .command('animate')
    .description('a character that wears the expressions of photos')
    .argument('<inputs...>', 'image files, folders (with all below them), glob patterns, or - for standard input')
    .requiredOption('--character <name>', `who wears them: ${CHARACTERS.map(({ name }) => name).join(', ')}`)
    .requiredOption('--out <folder>', 'folder of the pictures: a new one, or that of an earlier run')
    .option('--neutral <image>', 'a photo of the same person at rest')
    .option('--size <px>', 'side of the pictures', wholeNumber(16), 256)
    .option('--beside', 'the face of the photo beside the character')
    .option('--animation <file>', 'the frames of a video as an animated WebP')
    .option('--fps <n>', 'frames a second of the animation', wholeNumber(1), 10)
    .addOption(
      new Option('--expression-weight <share>', 'of the recognised expression against the mesh')
        .argParser(numberWithin({ from: 0, to: 1 }))
        .default(0.7),
    )
    .addOption(
      new Option('--exaggeration <times>', 'how much more strongly than the mesh the character shows it')
        .argParser(numberWithin({ from: 0.1, to: 5 }))
        .default(1.6),
    )
    .option(
      '--model <name|file>',
      'what recognises the expression: an installed model, or an .onnx file',
      DEFAULT_MODEL,
    )
    .addOption(deviceOption())
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES)
    .action((args: string[], options: AnimateOptions) => animate(args, options));
  planFiles<AnimateOptions>(command, ({ out, model, neutral, animation, json }, args) => {
    if (animation !== undefined) checkAnimationName(animation);
    if (out === STANDARD_STREAM) throw new InputError(out, 'expected a folder for --out, not standard output');
    return {
      inputs: [model, neutral, ...args],
      outputs: [
        { flag: '--out', path: out, marker: LIST },
        ...outputFile('--animation', animation, pictureKind),
        ...jsonOutput(json),
      ],
    };
  });
}

async function animate(args: readonly string[], options: AnimateOptions): Promise<void> {
  const { character, out, neutral, animation, size, expressionWeight, exaggeration, model, device } = options;
  const { files, passedOver } = await expandImages(args, { outputs: [out] });
  if (animation !== undefined) checkLength(animation, files.length, options);
  const puppet = await Puppet.open({ character, size, expressionWeight, exaggeration, model, device });
  const made: Made[] = [];
  const frames: RawImage[] = [];
  const smoother = new ExpressionSmoother();
  let repeated = 0;
  let failed = 0;
  try {
    const note = puppet.noteOfModel();
    if (note !== undefined) log(`mien: ${note}`);
    if (neutral !== undefined) await puppet.rest(await decodeImage(neutral), neutral);
    const inputs = files.map(({ file }) => file);
    const folder = await AnnotatedFolder.open(out, { inputs, force: false });
    await markFolder(join(out, LIST), { character, model, pictures: [] });
    let before = 0;
    failed = await eachPhoto(
      files,
      async (file, i) => {
        const image = await decodeImage(file);
        const faces = await puppet.wear(image);
        if (faces.length === 0) log(`${file}: shows no face`);
        made.push(...(await writeFaces(file, image, faces, folder, options)));
        if (animation === undefined || !faces[0]) return;
        const picture = puppet.draw(smoother.next(faces[0].fit, i / options.fps));
        frames.push(options.beside ? beside(image, faces[0].prediction.box, picture) : picture);
      },
      () => {
        // The film keeps its pace
        if (frames.length === before && before > 0) {
          frames.push(frames.at(-1)!);
          repeated++;
        }
        before = frames.length;
      },
    );
  } finally {
    await puppet.release();
  }
  const document = { character, model, pictures: made };
  if (made.length > 0) {
    await writeList(join(out, LIST), document);
    await writeWhole(join(out, TABLE), tableOf(made));
    if (animation !== undefined && frames.length > 0) await writeAnimation(animation, frames, options.fps);
  }
  if (options.json) await printJson(document);
  else
    await print(
      [...made.map(({ picture }) => picture), ...(frames.length > 0 ? [animation] : [])].join('\n') +
        (made.length > 0 ? '\n' : ''),
    );
  if (repeated > 0) log(`${repeated} of ${frames.length} frames repeat the one before, for want of a face`);
  if (animation !== undefined && frames.length === 0) {
    failed++;
    logError(`${animation}: not written: expected a face in at least one photo`);
  }
  if (passedOver !== undefined) log(passedOver);
  if (failed > 0) throw new ReportedFailure();
}

/** @throws {InputError} when so many frames do not fit into an animation */
function checkLength(animation: string, photos: number, { size, beside: isBeside }: AnimateOptions): void {
  const width = isBeside ? 2 * size : size;
  const most = mostAnimationFrames(width, size);
  if (photos > most)
    throw new InputError(
      animation,
      `expected at most ${most} frames of ${width}×${size} px, got ${photos} photos: give fewer, or a smaller --size`,
    );
}

async function writeFaces(
  file: string,
  image: RawImage,
  faces: readonly WornFace[],
  folder: AnnotatedFolder,
  options: AnimateOptions,
): Promise<Made[]> {
  const made: Made[] = [];
  for (const [face, { fit, prediction, picture }] of faces.entries()) {
    const path = await folder.reserve(pictureName(file, face));
    await writeImage(path, options.beside ? beside(image, prediction.box, picture) : picture);
    const { box, top, confidence } = prediction;
    made.push({ file, face, box, top, confidence, ...fit, picture: path });
  }
  return made;
}

function tableOf(made: readonly Made[]): string {
  const names = UNIT_NUMBERS.flatMap((unit) =>
    ['left', 'right'].map((side) => `AU${String(unit).padStart(2, '0')}_${side}`),
  );
  const header = ['file', 'face', 'top', 'confidence', 'yaw', 'pitch', 'roll', 'gaze_yaw', 'gaze_pitch', ...names];
  const rows = made.map(({ file, face, top, confidence, units, pose, gaze }) => [
    file,
    face,
    top,
    fixed(confidence),
    ...[pose.yawDeg, pose.pitchDeg, pose.rollDeg].map(fixed),
    ...(gaze ? [fixed(gaze.yawDeg), fixed(gaze.pitchDeg)] : ['', '']),
    ...UNIT_NUMBERS.flatMap((unit) => {
      const { left, right } = sidesOf(units[unit]);
      return [left, right];
    }),
  ]);
  return [header, ...rows].map((row) => `${joinCsv(row)}\n`).join('');
}

const fixed = (value: number): string => value.toFixed(4);
