/** `mien explain`: which parts of a face an expression was read from, as a picture. */
import { basename, dirname, extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { decodeImage, type RawImage } from 'mienjs';
import {
  cutFace,
  DEFAULT_MODEL,
  explainCopies,
  explainFace,
  type ExpressionClassifier,
  FaceInputs,
  type FaceInput,
} from 'mienjs/predict';
import { loadClassifier } from 'mienjs/predict/node';
import { writeImage } from 'mienjs/image/node';
import { STANDARD_STREAM } from 'mienjs/files';
import { OCCLUSION_FILLS, OCCLUSION_METHODS, type OcclusionFill, type OcclusionMethod } from 'mienjs/explain';
import { imageFormat, type PreprocessSpec } from 'mienjs/data';
import { crop, normalizeImage, resize, toGray, type BoxXYWH } from 'mienjs/image';
import { findFaces, landmarks68, NORMALS, type NormalMethod } from 'mienjs/face';
import { loadCanonicalFace, loadFaceDetector, loadFaceMesher } from 'mienjs/face/node';
import { VISIBILITY_RULES, type VisibilityRule } from 'mienjs/geometry';
import type { Device } from 'mienjs/runtime';
import { ALIGN_NOTES } from '../data/align.ts';
import { withDataInput, type DataInputOptions } from '../data/data-input.ts';
import { chooseFace } from '../explain/choose-face.ts';
import { copiesFigure } from '../explain/copies.ts';
import { explanationFigure } from '../explain/figure.ts';
import { explainSurface } from '../explain/reconstruct.ts';
import { explainData } from '../explain/split.ts';
import { IMAGE_NOTES } from '../formats-help.ts';
import {
  accurateOption,
  type DataOption,
  dataOption,
  deviceOption,
  viewsOf,
  wholeNumber,
  type ViewsOption,
} from '../options.ts';
import { refuseOptions } from '../protocol/options.ts';
import { print, printJson } from '../output.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { glbKind, pictureKind } from '../outputs/kinds.ts';

interface ExplainOptions extends ViewsOption, DataInputOptions {
  readonly data?: readonly DataOption[];
  readonly split?: string;
  readonly images?: number;
  readonly seed?: number;
  readonly copies?: number;
  readonly method: OcclusionMethod;
  readonly model: string;
  readonly out?: string;
  readonly face?: number;
  readonly crop?: true;
  readonly class?: string;
  readonly window?: number;
  readonly stride?: number;
  readonly fill: OcclusionFill;
  readonly '3d'?: true;
  readonly glb?: string;
  readonly positionMap?: string;
  readonly visibility?: VisibilityRule;
  readonly normals?: NormalMethod;
  readonly device: Device;
  readonly json?: true;
}

const NOTES = `
A square window slides over the framed face; what it covers is hidden from the network.
  drop   how much the probability of the expression falls, mean over the windows that cover a pixel (Zeiler & Fergus)
  flip   share of the windows that cover a pixel without which the decision is another (Minaee & Abdolrashidi)
drop is the default: it also tells something where no single window changes the decision.

--json: { "model", "file", "face" (its number, null with --crop), "box", "expression", "probability", "method", "window",
"stride", "fill", "width", "height", "values" (rows of the map; null where no window came), "figure" (the picture) }.

--data shows the mean map of each expression over a split of a dataset, over images that the model gets right, as one sheet over the mean
faces. Sparsity (Hoyer 2004) is 0 where all of the face matters alike, 1 where one pixel does. --json: { "model", "dataset", "split", "method",
"window", "stride", "fill", "width", "height", "seed", "expressions": [{ "expression", "asked", "right", "sparsity", "values" }], "figure" }.

--copies 3 draws 3×3 copies of the face with a window covered, each with what is then decided, framed red where that is another expression.
--json: { "model", "file", "face", "box", "expression", "probability", "window", "fill", "copies": [{ "left", "top", "expression",
"probability" }], "figure" }.

--3d shows the face as a surface instead: on the photo, what of it the photo shows, and turned to the front, lit from there and with the
photo's colors (Bao et al. 2019); what is hidden stays empty. The last picture is the face on the average face's surface, what is hidden filled from the
other side (frontalization, Hassner et al. 2015). No expression network is used. It writes the picture (default NAME.3d.png) and beside it
a .glb, a 3-D model that ordinary viewers open. --json: { "file", "face", "box", "presence" (of the face mesh, 0 to 1), "reconstructor", "pose" (degrees),
"rotation" (9 numbers by rows), "scale", "translation" (photo px to frontal cm), "landmarks" (68 of [x, y, z], px, z from the camera), "frontalLandmarks" (cm),
"vertices", "triangles", "visibleShare" (of the skin's vertices), "figure", "glb" }.
${ALIGN_NOTES}
${IMAGE_NOTES}`;

/** Pixels shown for each pixel that the network sees. */
const SHOWN_SCALE = 8;

export function register(program: Command): void {
  const command = withDataInput(
    program
      .command('explain')
      .description('show which parts of a face an expression was read from')
      .argument('[image]', 'a photo, or with --crop a face that is framed already')
      .addOption(
        dataOption('in place of an image: the dataset (see `mien data`), and where it is').conflicts([
          'crop',
          'face',
          'class',
          '3d',
          'copies',
          'accurate',
        ]),
      )
      .option(
        '--split <name>',
        'with --data: which split, by its name or as train, validation or test (default: the test split; where it has no labels, or there is none, the validation split)',
      )
      .option('--images <n>', 'with --data: images of each expression, at most (default: 20)', wholeNumber(1))
      .option('--seed <n>', 'with --data: which images are drawn (default: 0)', wholeNumber(0))
      .addOption(
        new Option('--copies <n>', 'draw n×n copies of the face with a window covered, and what is decided on each')
          .argParser(wholeNumber(1))
          .conflicts(['method', 'stride', 'class', '3d']),
      )
      .addOption(new Option('--method <method>', 'how to measure').choices(OCCLUSION_METHODS).default('drop'))
      .option('--model <name|file>', 'an installed model (see `mien models`), or an .onnx file', DEFAULT_MODEL)
      .option('--out <file>', 'the picture, .png or .jpg (default: NAME.explain.png in this folder)')
      .option(
        '--face <index>',
        'which face, from 0, as `mien recognize` lists them (default: the largest)',
        wholeNumber(0),
      )
      .addOption(
        new Option('--crop', 'the whole image is the framed face, such as an image of FER2013').conflicts('face'),
      )
      .option('--class <expression>', "what to explain, one of the model's classes (default: the most probable)")
      .option(
        '--window <px>',
        'side of the window, in pixels that the network sees (default: a quarter of its width)',
        wholeNumber(1),
      )
      .option('--stride <px>', 'step of the window (default: a sixteenth)', wholeNumber(1))
      .addOption(
        new Option('--fill <fill>', 'what covers: black, or the mean of the training pixels')
          .choices(OCCLUSION_FILLS)
          .default('zero'),
      )
      .addOption(
        new Option('--3d', 'the face as a surface, turned to the front').conflicts([
          'crop',
          'method',
          'model',
          'class',
          'window',
          'stride',
          'fill',
          'accurate',
        ]),
      )
      .option('--glb <file>', 'with --3d: the 3-D model (default: beside the picture, .glb)')
      .option(
        '--position-map <path>',
        'with --3d: a position-map network in place of the face mesh: a file of `mien train`, or a folder of another',
      )
      .addOption(
        new Option('--visibility <rule>', 'with --3d: what tells hidden points (default: z-buffer)').choices(
          VISIBILITY_RULES,
        ),
      )
      .addOption(new Option('--normals <method>', 'with --3d: of the shading (default: mesh)').choices(NORMALS))
      .addOption(accurateOption())
      .addOption(deviceOption())
      .option('--json', 'one JSON document on stdout'),
  )
    .addHelpText('after', NOTES)
    .action(async (file: string | undefined, options: ExplainOptions) => {
      if (options.data !== undefined) return explainDataset(command, file, options);
      refuseOptions(command, { ...options }, DATA_ONLY, "needs option '--data'");
      if (file === undefined) return command.error('error: expected an image, or --data NAME=PATH');
      const stray = SURFACE_ONLY.find(([key]) => options[key] !== undefined);
      if (stray && !options['3d']) command.error(`error: option '${stray[1]}' needs --3d`);
      const image = await decodeImage(file);
      if (options['3d']) return explainSurface(file, image, surfaceFiles(file, options), options);
      const classifier = await loadClassifier(options.model, { device: options.device, views: viewsOf(options) });
      try {
        await (options.copies === undefined ? explain : explainByCopies)(file, image, classifier, options);
      } finally {
        await classifier.release();
      }
    });
  planFiles<ExplainOptions>(command, (options, [file]) => {
    const { out, model, json, positionMap } = options;
    if (!options['3d'])
      return {
        inputs: [file, model, options.codes, ...(options.data ?? []).map(({ path }) => path)],
        outputs: [...outputFile('--out', out ?? defaultName(file, options), pictureKind), ...jsonOutput(json)],
      };
    const { sheet, glb } = surfaceFiles(file!, options);
    return {
      inputs: [file, positionMap],
      outputs: [...outputFile('--out', sheet, pictureKind), ...outputFile('--glb', glb, glbKind), ...jsonOutput(json)],
    };
  });
}

/** Options that mean something with --data only. */
const DATA_ONLY = ['split', 'images', 'seed', 'columns', 'codes', 'frames', 'align', 'memory'] as const;

const defaultName = (file: string | undefined, { data }: ExplainOptions): string =>
  data?.[0] ? `${data[0].name}.explain.png` : defaultPicture(file ?? '', 'explain');

async function explainDataset(command: Command, file: string | undefined, options: ExplainOptions): Promise<void> {
  const { data = [], images = 20, seed = 0 } = options;
  if (file !== undefined) command.error('error: expected an image or --data, got both');
  if (data.length > 1) command.error('error: --data: expected one dataset, got several');
  const classifier = await loadClassifier(options.model, { device: options.device });
  try {
    await explainData(classifier, options.out ?? defaultName(undefined, options), { ...options, data, images, seed });
  } finally {
    await classifier.release();
  }
}

/** Options that mean something with --3d only. */
const SURFACE_ONLY = [
  ['glb', '--glb'],
  ['positionMap', '--position-map'],
  ['visibility', '--visibility'],
  ['normals', '--normals'],
] as const;

const defaultPicture = (file: string, kind: 'explain' | '3d'): string =>
  `${file === STANDARD_STREAM ? 'stdin' : basename(file, extname(file))}.${kind}.png`;

function surfaceFiles(file: string, { out, glb }: ExplainOptions): { sheet: string; glb: string } {
  const sheet = out ?? defaultPicture(file, '3d');
  const named = sheet === STANDARD_STREAM ? defaultPicture(file, '3d') : sheet;
  return { sheet, glb: glb ?? join(dirname(named), `${basename(named, extname(named))}.glb`) };
}

interface Framed {
  /** What the network sees. */
  readonly chip: RawImage;
  /** The same in more pixels. */
  readonly shown: RawImage;
  readonly index: number | null;
  readonly box: BoxXYWH | null;
  /** What a model takes besides the chip. */
  readonly others: Omit<FaceInput, 'chip'>;
}

async function explain(
  file: string,
  image: RawImage,
  classifier: ExpressionClassifier,
  options: ExplainOptions,
): Promise<void> {
  const { method, fill, window, stride } = options;
  const { chip, shown, index, box, others } = options.crop
    ? frameWhole(image, classifier)
    : await frameFace(file, image, classifier, options);
  const explanation = await explainFace(classifier, chip, {
    fill,
    ...others,
    ...(options.class === undefined ? {} : { expression: options.class }),
    ...(window === undefined ? {} : { window }),
    ...(stride === undefined ? {} : { stride }),
  });
  const figure = options.out ?? defaultPicture(file, 'explain');
  const cut = inputPart(chip, classifier.preprocess, 1);
  const { channels, steps = [] } = classifier.preprocess;
  const seen = normalizeImage(channels === 'grey' ? toGray(cut) : cut, steps);
  await writeImage(figure, explanationFigure(shown, seen, explanation, method));

  const { width, height, expression, probability, maps } = explanation;
  if (!options.json) {
    await print(`${expression} ${(100 * probability).toFixed(1)} %, ${method} map of ${width}×${height}: ${figure}\n`);
    return;
  }
  const values = Array.from({ length: height }, (_, row) =>
    Array.from(maps[method].subarray(row * width, (row + 1) * width), (v) => Math.round(v * 1e4) / 1e4),
  );
  await printJson({
    model: classifier.model.name,
    file,
    face: index,
    box,
    expression,
    probability,
    method,
    window: explanation.window,
    stride: explanation.stride,
    fill,
    width,
    height,
    values,
    figure,
  });
}

/** The face, and what the model says of copies of it with a window covered. */
async function explainByCopies(
  file: string,
  image: RawImage,
  classifier: ExpressionClassifier,
  options: ExplainOptions,
): Promise<void> {
  const { fill, window, copies: across = 3 } = options;
  const { chip, shown, index, box, others } = options.crop
    ? frameWhole(image, classifier)
    : await frameFace(file, image, classifier, options);
  const explained = await explainCopies(classifier, chip, {
    ...others,
    across,
    fill,
    ...(window === undefined ? {} : { window }),
  });
  const figure = options.out ?? defaultPicture(file, 'explain');
  const { mean } = classifier.preprocess;
  const gray = fill === 'zero' ? 0 : Math.round((255 * mean.reduce((a, b) => a + b, 0)) / mean.length);
  await writeImage(figure, copiesFigure(shown, explained, SHOWN_SCALE, gray));
  const { expression, probability, copies } = explained;
  const changed = copies.filter((copy) => copy.expression !== expression).length;
  if (!options.json) {
    await print(
      `${expression} ${(100 * probability).toFixed(1)} %, another in ${changed} of ${copies.length} covered copies: ${figure}\n`,
    );
    return;
  }
  await printJson({
    model: classifier.model.name,
    file,
    face: index,
    box,
    expression,
    probability,
    window: explained.window,
    fill,
    copies,
    figure,
  });
}

function frameWhole(image: RawImage, { preprocess }: ExpressionClassifier): Framed {
  const { width, height } = imageFormat(preprocess);
  return {
    chip: resize(image, { width, height }),
    shown: inputPart(resize(image, { width: width * SHOWN_SCALE, height: height * SHOWN_SCALE }), preprocess),
    index: null,
    box: null,
    others: {},
  };
}

/** @throws {InputError} when there is no such face */
async function frameFace(
  file: string,
  image: RawImage,
  classifier: ExpressionClassifier,
  options: ExplainOptions,
): Promise<Framed> {
  const session = { device: options.device };
  const faces = await findFaces(image, await loadFaceDetector(session), await loadFaceMesher(session));
  const index = chooseFace(file, faces, options.face, 'with --crop the whole image is taken as one');
  const { box, mesh } = faces[index]!;
  const inputs = new FaceInputs(classifier, { canonicalFace: await loadCanonicalFace() });
  const { chip, ...others } = await inputs.of(image, faces[index]!);
  const { width, height } = inputs.framing.size;
  const larger = { width: width * SHOWN_SCALE, height: height * SHOWN_SCALE };
  const { image: enlarged } = classifier.preprocess.alignment
    ? { image: resize(chip, larger) }
    : cutFace(image, landmarks68(mesh.points), { ...inputs.framing, size: larger });
  return { chip, shown: inputPart(enlarged, classifier.preprocess), index, box, others };
}

/** What the network is shown of a chip, `scale` times enlarged. */
function inputPart(shown: RawImage, { width, height, cropFrom }: PreprocessSpec, scale = SHOWN_SCALE): RawImage {
  if (!cropFrom) return shown;
  const [left, top] = [Math.floor((cropFrom.width - width) / 2), Math.floor((cropFrom.height - height) / 2)];
  return crop(shown, { x: left * scale, y: top * scale, width: width * scale, height: height * scale });
}
