/** `mien data`: the datasets and databases that Mien reads, and what is wrong with a copy of one. */
import type { Command } from 'commander';
import type { CheckReport } from 'mienjs/data';
import { DATABASES, DATASETS, findDataset } from 'mienjs/data/node';
import { registerActionUnits } from '../data/action-units.ts';
import { registerAudit } from '../data/audit.ts';
import { catalogue, describeEntry, findEntry, formatTable } from '../data/catalogue.ts';
import { indexOptions, optionsFor, withReadingOptions, type DataInputOptions } from '../data/data-input.ts';
import { print, printJson, Progress, ReportedFailure } from '../output.ts';
import { registerProtocols } from './data-protocols.ts';
import { planNoOutput } from '../outputs/guard.ts';

interface CheckOptions extends DataInputOptions {
  readonly json?: true;
  readonly images: boolean;
}

export function register(program: Command): void {
  const data = program
    .command('data')
    .description('list datasets and databases, check a copy of one, and find copies of images in it');
  planNoOutput(
    data
      .command('list', { isDefault: true })
      .description('what Mien reads: what it is, how large, and what its path must hold')
      .option('--json', 'one JSON document on stdout')
      .action(async ({ json }: { json?: true }) => {
        const entries = catalogue(DATABASES, DATASETS);
        if (json) await printJson({ datasets: entries });
        else await print(formatTable(entries));
      }),
  );
  planNoOutput(
    data
      .command('show')
      .description('one of them: layout, classes, published counts, licence, what to cite')
      .argument('<name>', 'as `mien data list` names it')
      .option('--json', 'one JSON document on stdout')
      .action(async (name: string, { json }: { json?: true }) => {
        const entry = findEntry(catalogue(DATABASES, DATASETS), name);
        if (json) await printJson(entry);
        else await print(describeEntry(entry));
      }),
  );
  planNoOutput(
    withReadingOptions(
      data
        .command('check')
        .description('read a copy whole, and say all that is missing or damaged')
        .argument('<name>', 'a dataset or database, as `mien data list` names it')
        .argument('<path>', 'the file, or the folder that holds it')
        .option('--no-images', 'read names and labels only, no image')
        .option('--json', 'one JSON document on stdout'),
    )
      .addHelpText(
        'after',
        '\nExit status 1 when there are errors; warnings alone, such as counts other than the published ones, leave it 0.',
      )
      .action(async (name: string, path: string, options: CheckOptions) => {
        findEntry(catalogue(DATABASES, DATASETS), name);
        const report = await check(name, path, options);
        if (options.json) await printJson({ dataset: name, path, ...report });
        else await print(describeReport(name, path, report));
        if (!report.ok) throw new ReportedFailure();
      }),
  );
  registerAudit(data);
  registerProtocols(data);
  registerActionUnits(data);
}

async function check(name: string, path: string, { images, ...input }: CheckOptions): Promise<CheckReport> {
  const definition = findDataset(name);
  let progress: Progress | undefined;
  try {
    return await definition.check(path, {
      ...optionsFor(definition, await indexOptions(input)),
      readImages: images,
      onProgress: (done, total) => (progress ??= new Progress('images', total)).update(done),
    });
  } finally {
    progress?.finish();
  }
}

function describeReport(name: string, path: string, { ok, findings, summary }: CheckReport): string {
  const lines = findings.map(({ severity, where, message }) => `${severity}: ${where}: ${message}`);
  for (const [split, counts] of Object.entries(summary.counts)) {
    const total = Object.values(counts).reduce((a, b) => a + b, 0);
    lines.push(
      `${split}: ${total} images (${Object.entries(counts)
        .map(([label, n]) => `${label} ${n}`)
        .join(', ')})`,
    );
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  lines.push(ok ? `${name}: ${path} is sound` : `${name}: ${path} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
  return `${lines.join('\n')}\n`;
}
