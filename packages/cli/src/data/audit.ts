/** `mien data audit`: identical and near-identical images within and across the splits of data. */
import type { Command } from 'commander';
import {
  auditData,
  describeAudit,
  findDataset,
  openAuditSource,
  renderAudit,
  type AuditSource,
  type DataAudit,
} from 'mienjs/data/node';
import { indexOptions, optionsFor, withReadingOptions, type DataInputOptions } from './data-input.ts';
import { logError, print, printJson, Progress, ReportedFailure } from '../output.ts';
import { wholeNumber } from '../options.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';
import { reportPage, writeReportPage } from '../outputs/report-page.ts';

interface AuditOptions extends DataInputOptions {
  readonly threshold?: number;
  readonly report?: string;
  readonly json?: true;
}

const NOTES = `
Identical images have the same pixels. Near-identical ones are copies of a picture that were scaled, compressed, brightened, marked or cut a
little differently: their perceptual hashes (255 bits) differ in at most --threshold bits. 60 was chosen on FER2013, where nearly all such
pairs are copies; more finds more copies, and more pairs of different faces. Every image is compared with every other: 32,000 images
take seconds, 300,000 minutes. Frames of one sequence are not compared with each other.

--json: { "dataset", "images", "unreadable", "threshold", "identical" and "near" (groups joined by near-identity, identical images among
them): { "groups", "images", "copies" (all but one of each group), "acrossSplits" (groups), "conflicting" (groups with different labels),
"conflictingImages" }, "nearPairs", "conflictingPairs", "splits": [{ "split", "images", "identical" and "near": { SPLIT: images with a copy
in it } }], "examples": [{ "images": [{ "id", "split", "label" }], "identical", "conflicting" }] }.

Images that cannot be read are named and left out; exit status 1 then.`;

export function registerAudit(data: Command): void {
  const command = withReadingOptions(data.command('audit'))
    .description('find copies of images within and across splits, and copies with different labels')
    .argument('<name>', 'a dataset or database, as `mien data list` names it')
    .argument('<path>', 'the file, or the folder that holds it')
    .option('--threshold <bits>', 'bits of 255 in which near-identical images may differ (default: 60)', wholeNumber(0))
    .option('--report <folder>', 'write a page with pictures of copies, report.html, into the folder')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES)
    .action(async (name: string, path: string, options: AuditOptions) => {
      const problems = new Problems();
      const source = await openAuditSource(
        name,
        path,
        problems.add,
        optionsFor(findDataset(name), await indexOptions(options)),
      );
      const audit = await auditWithProgress(source, options, problems);
      problems.finish(name, path);
      if (options.report !== undefined) await writeReportPage(options.report, await renderAudit(audit, source));
      if (options.json)
        await printJson({
          ...audit,
          examples: audit.examples.map(({ images, identical, conflicting }) => ({ images, identical, conflicting })),
        });
      else await print(describeAudit(audit));
      if (problems.count > 0) throw new ReportedFailure();
    });
  planFiles<AuditOptions>(command, ({ report, json }, [, path]) => ({
    inputs: [path],
    outputs: [...reportPage(report), ...jsonOutput(json)],
  }));
}

async function auditWithProgress(
  source: AuditSource,
  { threshold }: AuditOptions,
  problems: Problems,
): Promise<DataAudit> {
  let bar: Progress | undefined;
  let shown = '';
  try {
    return await auditData(source, {
      ...(threshold === undefined ? {} : { threshold }),
      onUnreadable: (id, { message }) => problems.add(id, message),
      onProgress(stage, done, total) {
        if (stage !== shown) {
          bar?.finish();
          bar = new Progress(stage, total);
          shown = stage;
        }
        bar!.update(done);
      },
    });
  } finally {
    bar?.finish();
  }
}

/** What is wrong with the data: the first on stderr, all counted. */
class Problems {
  static readonly #SHOWN = 5;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  readonly add = (where: string, message: string): void => {
    this.#count++;
    if (this.#count <= Problems.#SHOWN) logError(message.startsWith(where) ? message : `${where}: ${message}`);
  };

  finish(name: string, path: string): void {
    if (this.#count > Problems.#SHOWN)
      logError(
        `${path}: ${this.#count - Problems.#SHOWN} more problems; \`mien data check ${name} ${path}\` lists them`,
      );
  }
}
