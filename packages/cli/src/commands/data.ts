/** `mien data`: the datasets that Mien reads, and what is wrong with a copy of one. */
import type { Command } from 'commander';
import { checkDataset, DATASETS, type CheckReport } from 'mien/data';
import { registerActionUnits } from '../data/action-units.ts';
import { print, printJson, ReportedFailure } from '../output.ts';
import { registerProtocols } from './data-protocols.ts';

export function register(program: Command): void {
  const data = program.command('data').description('list datasets, and check a copy of one');
  data
    .command('list', { isDefault: true })
    .description('the datasets that Mien reads, and what their paths may be')
    .option('--json', 'one JSON document on stdout')
    .action(async ({ json }: { json?: true }) => {
      const rows = DATASETS.map(({ name, layout }) => ({ name, layout }));
      if (json) await printJson({ datasets: rows });
      else await print(rows.map(({ name, layout }) => `${name.padEnd(12)}${layout}\n`).join(''));
    });
  data
    .command('check')
    .description('read a dataset whole, and say all that is missing or damaged')
    .argument('<name>', 'a dataset, as `mien data list` names it')
    .argument('<path>', 'the file, or the folder that holds it')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', '\nExit status 1 when there are errors; warnings alone leave it 0.')
    .action(async (name: string, path: string, { json }: { json?: true }) => {
      const report = await checkDataset(name, path);
      if (json) await printJson({ dataset: name, path, ...report });
      else await print(describeReport(name, path, report));
      if (!report.ok) throw new ReportedFailure();
    });
  registerProtocols(data);
  registerActionUnits(data);
}

function describeReport(name: string, path: string, { ok, findings, summary }: CheckReport): string {
  const lines = findings.map(({ severity, where, message }) => `${severity}: ${where}: ${message}`);
  for (const [split, counts] of Object.entries(summary.counts)) {
    const total = Object.values(counts).reduce((a, b) => a + b, 0);
    lines.push(`${split}: ${total} images (${Object.entries(counts).map(([label, n]) => `${label} ${n}`).join(', ')})`);
  }
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  lines.push(ok ? `${name}: ${path} is sound` : `${name}: ${path} has ${errors} ${errors === 1 ? 'error' : 'errors'}`);
  return `${lines.join('\n')}\n`;
}
