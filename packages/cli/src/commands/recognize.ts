/** `mien recognize`: faces and expressions of photos. */
import { type Command, Option } from 'commander';
import { join } from 'node:path';
import { createRecognizer, InputError } from 'mienjs';
import { ESTIMATED_UNITS, UNITS_WITHOUT_ESTIMATE, withActionUnits } from 'mienjs/animate';
import { npmFaceNetworks, readHaarDetector } from 'mienjs/face/node';
import { DEFAULT_MODEL } from 'mienjs/predict';
import { FORMAT_NAMES, formatNamed, type FormatName, type ResultFormat } from 'mienjs/results';
import { exists, expandImages, isFolder, isStandardOutput, realPathToBe, userPath } from 'mienjs/files';
import type { Device } from 'mienjs/runtime';
import { stoppable } from '../endings.ts';
import { IMAGE_NOTES } from '../formats-help.ts';
import { accurateOption, deviceOption, viewsOf, type ViewsOption } from '../options.ts';
import { log, ReportedFailure } from '../output.ts';
import { outputFile, planFiles } from '../outputs/guard.ts';
import { recognizeKind } from '../outputs/kinds.ts';
import { AnnotatedFolder } from '../recognize/annotated-folder.ts';
import { EarlierResults } from '../recognize/earlier-results.ts';
import { recognizeFiles } from '../recognize/recognize-files.ts';
import { openFileSink, stdoutSink } from '../recognize/sink.ts';

interface RecognizeOptions extends ViewsOption {
  readonly format: FormatName;
  readonly json?: true;
  readonly out?: string;
  readonly actionUnits?: true;
  readonly annotated?: string;
  readonly resume?: true;
  readonly model: string;
  readonly device: Device;
  readonly detector: 'mediapipe' | 'haar';
  readonly cascade?: string;
}

const NOTES = `
Formats:
  table     for reading
  json      one document: { "model", "images": [{ "file", "width", "height", "faces": [...], "error"?, "notes"? }] }
  jsonl     one entry of "images" a line
  csv       one row a face; pixels and degrees
  openface  OpenFace's column names; pose in radians, landmarks x_0 ... y_67, expressions after them
  pyfeat    Py-Feat's column names
A photo without a face has a row that says so.
--action-units: estimates of action units from the geometry of the face's mesh; no network was trained on coded faces. The guide "Action
units from the mesh" says how far off they are. Intensity 0 to 5 and presence of ${ESTIMATED_UNITS.join(', ')} (closed eyes). Not of
${UNITS_WITHOUT_ESTIMATE.join(', ')}, which the mesh does not show well enough.
csv and openface have AU01_r (intensity) and AU01_c (presence, 1 or 0), openface AU45 for closed eyes; pyfeat has AU01 (intensity as 0 to
1); all stand after the other columns, with a column "action_units" that says "mesh estimate". json and jsonl have
"actionUnits": { "source", "intensity": { "AU01": ... }, "present": ["AU12", ...] } of each face.
Each face has a "quality" to filter by (columns quality_size and so on): size in pixels, sharpness 0 ... 1, yaw in degrees, presence
(how sure the mesh is of a face, 0 ... 1) and cut (the part of the face beyond the photo's border, 0 ... 1).
An answer is "uncertain" when its confidence is below the threshold on the model's card (mien models show).
--detector haar takes a cascade file of OpenCV's, such as haarcascade_frontalface_alt2.xml (Viola & Jones 2001): upright frontal faces alone, with the boxes that
OpenCV finds at its usual settings (each size 1.1 times the last, 3 neighbours, faces from 30 px); the mesh then says which of them are faces.
A model may not know neutral, as HA-GAN's six expressions do not: it says one of those that it knows of a neutral face, too, and stderr says so.
The columns of a table are frozen; the column "schema" is their version. Of a model with other classes than the eight expressions they name the
most probable one (top), and json and jsonl have all.
Yaw > 0: the subject turns to their own left. Pitch > 0: up. Roll > 0: clockwise as displayed.

Exit status 1 when any input failed; the others are recognised all the same. Interrupted (Ctrl-C), it finishes the photo in work,
writes what is done, and ends with status 130; --resume then goes on with the same inputs and options, and gives the file that an
uninterrupted run would have given.
${IMAGE_NOTES}`;

export function register(program: Command): void {
  const command = program
    .command('recognize')
    .description('faces and their expressions in photos')
    .argument('<inputs...>', 'image files, folders (with all below them), glob patterns, or - for standard input')
    .addOption(new Option('--format <format>', 'how to print the results').choices(FORMAT_NAMES).default('table'))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .option('--out <file>', 'write the results into a file')
    .option('--action-units', 'estimate action units from the mesh of each face')
    .option('--resume', 'keep the results in --out, and recognise the photos that are missing or failed')
    .option('--annotated <folder>', 'write copies of the photos with faces, landmarks and expressions drawn on them')
    .option('--model <name|file>', 'an installed model (see `mien models`), or an .onnx file', DEFAULT_MODEL)
    .addOption(
      new Option('--detector <kind>', "what finds faces: MediaPipe's networks, or a cascade of Haar features")
        .choices(['mediapipe', 'haar'])
        .default('mediapipe'),
    )
    .option('--cascade <file>', "of --detector haar: a cascade file of OpenCV's")
    .addOption(accurateOption())
    .addOption(deviceOption())
    .addHelpText('after', NOTES)
    .action(async (args: string[], options: RecognizeOptions) => {
      const { out, annotated: folder } = options;
      const formatName = options.json ? 'json' : options.format;
      const format = formatNamed(formatName, options.actionUnits ?? false);
      if (options.resume && (out === undefined || isStandardOutput(out) || !format.earlier))
        command.error('error: --resume: expected --out FILE, and a format other than table');
      if ((options.detector === 'haar') !== (options.cascade !== undefined))
        command.error('error: expected --detector haar and --cascade FILE together');
      const outputs = [out, folder].flatMap((path) => (path === undefined || isStandardOutput(path) ? [] : [path]));
      if (folder !== undefined) await checkAnnotated(folder, args);
      const { files, passedOver } = await expandImages(args, { outputs });
      const inputs = files.map(({ file, error }) => ({ file, ...(error ? { error: error.message } : {}) }));
      const { force } = command.optsWithGlobals<{ force?: true }>();
      const recognizer = await createRecognizer({
        model: options.model,
        device: options.device,
        views: viewsOf(options),
        ...(options.cascade === undefined ? {} : { detector: await readHaarDetector(userPath(options.cascade)) }),
      });
      if (!recognizer.classes.includes('neutral'))
        log(
          `mien: ${recognizer.model} does not know neutral: of a neutral face it says one of ${recognizer.classes.join(', ')}`,
        );
      let earlier: EarlierResults | undefined;
      try {
        if (options.resume) earlier = await EarlierResults.open(out!, format.earlier!, recognizer.model);
        const annotated =
          folder === undefined
            ? undefined
            : await AnnotatedFolder.open(folder, { inputs: inputs.map((i) => i.file), force: force === true });
        const reader = options.actionUnits
          ? await withActionUnits(recognizer, await npmFaceNetworks.canonicalFace())
          : recognizer;
        const sink = out === undefined ? stdoutSink : await openFileSink(out);
        const { failed } = await stoppable(async (stop) => {
          const outcome = await recognizeFiles({
            inputs,
            recognizer: reader,
            format,
            sink,
            stop,
            ...(annotated ? { annotated } : {}),
            ...(earlier ? { earlier } : {}),
          });
          if (stop.aborted && outcome.done < inputs.length)
            log(describeInterruption(outcome.done, inputs.length, out, format));
          return outcome;
        });
        await earlier?.close(true);
        if (passedOver !== undefined) log(passedOver);
        if (failed > 0) throw new ReportedFailure();
      } finally {
        await earlier?.close(false);
        await recognizer.release();
      }
    });
  planFiles<RecognizeOptions & { readonly force?: true }>(command, async ({ out, model, cascade, force }, args) => ({
    // What patterns and links lead to is of interest only where something is to be replaced that is known by nothing
    // else.
    inputs: [
      model,
      ...(cascade === undefined ? [] : [cascade]),
      ...args,
      ...(force && out !== undefined && (await exists(out))
        ? (await expandImages(args)).files.map(({ file }) => file)
        : []),
    ],
    outputs: outputFile('--out', out, recognizeKind),
  }));
}

function describeInterruption(done: number, total: number, out: string | undefined, { earlier }: ResultFormat): string {
  const kept = out === undefined || done === 0 ? '' : `, in ${out}${earlier ? '; --resume recognises the rest' : ''}`;
  return `mien: interrupted: ${done} of ${total} photos are done${kept}`;
}

/**
 * @throws {InputError} when the copies would stand among the photos of a folder that is read, and be read the next time
 */
async function checkAnnotated(folder: string, args: readonly string[]): Promise<void> {
  const real = await realPathToBe(folder);
  for (const arg of args) {
    if ((await isFolder(arg).catch(() => false)) && (await realPathToBe(arg)) === real)
      throw new InputError(
        folder,
        `is a folder of photos to recognise: choose another for --annotated, such as ${join(folder, 'annotated')}`,
      );
  }
}
