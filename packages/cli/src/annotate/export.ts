/** `mien annotate export`: what a project has come to, into a file. */
import { Option, type Command } from 'commander';
import { writeWhole } from 'mienjs/files';
import { EXPORTS } from 'mien-server/contract';
import { log, printJson } from '../output.ts';
import { jsonOutput, outputFile, planFiles } from '../outputs/guard.ts';
import { annotationExportKinds } from '../outputs/kinds.ts';
import { Api, SERVER_NOTES, withServer, type ServerOptions } from './api.ts';

interface ExportOptions extends ServerOptions {
  readonly as: (typeof EXPORTS)[number];
  readonly out: string;
  readonly question?: string;
  readonly method?: string;
  readonly json?: true;
}

const NOTES = `
votes     CSV: task, worker, label, time, active_seconds, outside; mien crowd reads it. Answers such as “not a face” have no label and stand in
          outside. Of a question with several options each option of an image is a task, IMAGE#OPTION, labelled yes or no
manifest  JSON lines with inferred labels and distributions: put it where the images were imported from, and mien train … --data manifest=FILE
          reads it
raf-db    a ZIP of RAF-DB's folders (mien train … --data raf-db-original=FOLDER), a sixth of each class for testing
coco      key points as JSON; visibility 1 where a point is hidden and was guessed, else 2
events    all that happened, JSON lines
People are random ids, other ones in each project.
${SERVER_NOTES}

--json: { "project", "as", "out" }, when the file is there.`;

export function registerExport(annotate: Command): void {
  const command = withServer(
    annotate.command('export').description('labels out of a project').argument('<project>', 'name or id'),
  )
    .addOption(new Option('--as <form>', 'what').choices(EXPORTS).default('votes'))
    .requiredOption('--out <file>', 'where to')
    .option('--question <key>', 'of votes, manifest and raf-db: which (default: the first that fits)')
    .option('--method <name>', 'by which labels are inferred, as in mien crowd infer (default: the votes choose)')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<ExportOptions>(command, ({ out, as, json }) => ({
    outputs: [...outputFile('--out', out, annotationExportKinds[as]), ...jsonOutput(json)],
  }));
  command.action(async (name: string, { server, as, out, question, method, json }: ExportOptions) => {
    const api = new Api(server);
    const { id } = await api.project(name);
    const query = new URLSearchParams({
      as,
      ...(question === undefined ? {} : { question }),
      ...(method === undefined ? {} : { method }),
    });
    const { body } = await api.ask('GET', `/api/projects/${id}/export?${query}`);
    await writeWhole(out, body ?? '');
    if (json) await printJson({ project: id, as, out });
    else log(out);
  });
}
