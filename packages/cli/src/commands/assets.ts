/** `mien assets`: what recognition in a browser fetches, written into a folder that a web server serves. */
import type { Command } from 'commander';
import { DEFAULT_MODEL, ASSETS_LIST } from 'mienjs/predict';
import { writeAssets } from 'mienjs/predict/node';
import { print, printJson } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';

interface AssetsOptions {
  readonly model: readonly string[];
  readonly json?: true;
}

const NOTES = `
Writes models/NAME.onnx for each model, the face networks under faces/, assets.json, which lists them, and NOTICE.txt. A page then calls
createRecognizer({ assets: '/mien/' }), if /mien/ is where the folder is served.

The folder must be empty, or hold assets.json of an earlier call, whose files are replaced; others never are.

--json: { "folder", "files": [{ "file", "bytes" }] }.`;

export function register(program: Command): void {
  const command = program
    .command('assets')
    .description('write the models and face networks that a web page fetches')
    .argument('<folder>', 'where to, such as public/mien of a Vite project')
    .option('--model <name|file...>', 'expression models: names, or paths of .onnx files', [DEFAULT_MODEL])
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<AssetsOptions>(command, ({ model, json }, [folder]) => ({
    inputs: model,
    outputs: [{ flag: 'folder', path: folder!, marker: ASSETS_LIST }, ...jsonOutput(json)],
  }));
  command.action(async (folder: string, { model: models, json }: AssetsOptions) => {
    const files = await writeAssets(folder, { models });
    if (json) await printJson({ folder, files });
    else
      await print(
        files.map(({ file, bytes }) => `${file.padEnd(44)}${(bytes / 2 ** 20).toFixed(1).padStart(6)} MiB\n`).join(''),
      );
  });
}
