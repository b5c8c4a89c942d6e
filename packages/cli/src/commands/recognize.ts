/** `mien recognize`: faces and expressions of photos. */
import { type Command, Option } from 'commander';
import { createRecognizer } from 'mien';
import { DEFAULT_MODEL } from 'mien/predict';
import { accurateOption, deviceOption, viewsOf, type ViewsOption } from '../options.ts';
import { ReportedFailure } from '../output.ts';
import { AnnotatedFolder } from '../recognize/annotated-folder.ts';
import { FORMAT_NAMES, FORMATS, type FormatName } from '../recognize/formats.ts';
import { expandInputs } from '../recognize/inputs.ts';
import { recognizeFiles } from '../recognize/recognize-files.ts';
import { openFileSink, stdoutSink } from '../recognize/sink.ts';

interface RecognizeOptions extends ViewsOption {
  readonly format: FormatName;
  readonly json?: true;
  readonly out?: string;
  readonly annotated?: string;
  readonly model: string;
  readonly device: 'cpu' | 'webgpu' | 'cuda';
}

const NOTES = `
Formats:
  table     for reading
  json      one document: { "model", "images": [{ "file", "width", "height", "faces": [...], "error"? }] }
  jsonl     one entry of "images" a line
  csv       one row a face; pixels and degrees
  openface  OpenFace's column names; pose in radians, landmarks x_0 ... y_67, expressions after them
  pyfeat    Py-Feat's column names
A photo without a face has a row that says so. Action units are not measured, so they have no columns.
An answer is "uncertain" when its confidence is below the threshold on the model's card (mien models show).
The columns of a table are frozen; the column "schema" is their version.
Yaw > 0: the subject turns to their own left. Pitch > 0: up. Roll > 0: clockwise as displayed.

Exit status 1 when any input failed; the others are recognised all the same.`;

export function register(program: Command): void {
  program
    .command('recognize')
    .description('faces and their expressions in photos')
    .argument('<inputs...>', 'image files, folders (with all below them) and glob patterns')
    .addOption(new Option('--format <format>', 'how to print the results').choices(FORMAT_NAMES).default('table'))
    .addOption(new Option('--json', 'the same as --format json').conflicts('format'))
    .option('--out <file>', 'write the results into a file')
    .option('--annotated <folder>', 'write copies of the photos with faces, landmarks and expressions drawn on them')
    .option('--model <name|file>', 'an installed model (see `mien models`), or an .onnx file', DEFAULT_MODEL)
    .addOption(accurateOption())
    .addOption(deviceOption())
    .addHelpText('after', NOTES)
    .action(async (args: string[], options: RecognizeOptions) => {
      const recognizer = await createRecognizer({ model: options.model, device: options.device, views: viewsOf(options) });
      try {
        const inputs = await expandInputs(args);
        const annotated = options.annotated === undefined ? undefined : await AnnotatedFolder.open(options.annotated, inputs.map((i) => i.file));
        const failed = await recognizeFiles({
          inputs,
          recognizer,
          format: FORMATS[options.json ? 'json' : options.format],
          sink: options.out === undefined ? stdoutSink : await openFileSink(options.out),
          ...(annotated ? { annotated } : {}),
        });
        if (failed > 0) throw new ReportedFailure();
      } finally {
        await recognizer.release();
      }
    });
}
