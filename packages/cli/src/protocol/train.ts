/** `mien train --protocol`. */
import { join } from 'node:path';
import { trainProtocol, renderProtocolReport, type ProtocolReport } from 'mienjs/protocols';
import { writeLines } from 'mienjs/files';
import { FramingCounter } from 'mienjs/data/node';
import { protocolClasses, type Protocol } from 'mienjs/data/protocols';
import { recipeForProtocol } from 'mienjs/recipes';
import type { Recipe } from 'mienjs/train';
import type { Device } from 'mienjs/runtime';
import type { DataOption } from '../options.ts';
import { log, print } from '../output.ts';
import { TrainingProgress } from '../train-progress.ts';
import { loadPartners, withoutPartners, withPartnersLicence } from '../partners.ts';
import { openDatabases } from './databases.ts';
import type { Known } from './known.ts';
import { imageOptions, logFramings, type ProtocolOptions } from './options.ts';

export interface TrainProtocolArguments extends ProtocolOptions {
  readonly data?: readonly DataOption[];
  readonly out: string;
  readonly resume?: true;
  /** Every fold starts from this model. */
  readonly init?: string;
  /** Puts the recipe on another network. */
  readonly onBase: (recipe: Recipe) => Recipe;
  readonly epochs?: number;
  readonly seed?: number;
  readonly device: Device;
  readonly threads?: number;
  readonly json?: true;
}

const FILES = [
  ['report.json', 'json'],
  ['report.md', 'markdown'],
  ['report.tex', 'latex'],
] as const;

/** Trains all folds, and writes the report into the run's folder in every form. */
export async function trainUnderProtocol(
  recipe: Recipe,
  protocol: Protocol,
  options: TrainProtocolArguments,
  known: Known,
): Promise<void> {
  const { out } = options;
  const report = await run(recipe, protocol, out, options, known);
  for (const [name, format] of FILES)
    await writeLines(join(out, name), renderProtocolReport(report, format).trimEnd().split('\n'));
  await print(renderProtocolReport(report, options.json ? 'json' : 'markdown'));
  log(`report: ${FILES.map(([name]) => join(out, name)).join(', ')}`);
}

async function run(
  chosen: Recipe,
  protocol: Protocol,
  out: string,
  { data = [], device, threads, resume, init = chosen.start, onBase, epochs, seed, ...options }: TrainProtocolArguments,
  known: Known,
): Promise<ProtocolReport> {
  const { databases, licence, notes } = await openDatabases(withoutPartners(chosen, data), known);
  const recipe = onBase(recipeForProtocol(chosen, protocolClasses(protocol, databases)));
  const counter = new FramingCounter();
  const progress = new TrainingProgress(recipe);
  try {
    const partners = await loadPartners(recipe, data, {});
    return await trainProtocol(recipe, protocol, databases, {
      device,
      out,
      licence: withPartnersLicence(licence, recipe),
      ...(partners ? { partners } : {}),
      notes,
      onStep: progress.onStep,
      onEpoch: progress.onEpoch,
      onFold: progress.onFold,
      onProgress: progress.onProgress,
      images: await imageOptions(options, counter),
      ...(threads === undefined ? {} : { threads }),
      ...(resume ? { resume } : {}),
      ...(init === undefined ? {} : { startFrom: init }),
      ...(epochs === undefined ? {} : { epochs }),
      ...(seed === undefined ? {} : { seed }),
    });
  } finally {
    progress.finish();
    logFramings(counter);
  }
}
