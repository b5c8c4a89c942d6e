/** `mien features --protocol`: a classifier on features, fitted and tested in every fold. */
import { join } from 'node:path';
import { classifyProtocol, renderProtocolReport, type ProtocolReport } from 'mienjs/protocols';
import type { ClassifierKind, ScalingKind, Selection } from 'mienjs/classifiers';
import { FramingCounter } from 'mienjs/data/node';
import type { Protocol } from 'mienjs/data/protocols';
import { makeFolder, writeLines } from 'mienjs/files';
import type { FeatureSource } from 'mienjs/predict/node';
import type { ReadImagesOptions } from '../data/align.ts';
import type { NormalizeOptions } from '../normalize.ts';
import type { DataOption } from '../options.ts';
import { log, print, printJson, Progress } from '../output.ts';
import { openDatabases } from './databases.ts';
import type { Known } from './known.ts';
import { imageOptions, logFramings } from './options.ts';

export interface FeaturesProtocolArguments extends ReadImagesOptions, NormalizeOptions {
  readonly data: readonly DataOption[];
  readonly fit: ClassifierKind;
  readonly select: Selection;
  readonly scaling?: ScalingKind;
  readonly folds: number;
  readonly seed: number;
  readonly randomLabels?: true;
  readonly out?: string;
  readonly json?: true;
}

/** The files of a report in a folder: `report.md` of one protocol, `ID.md` of several. */
export function reportFiles(ids: readonly string[]): string[] {
  return ids.flatMap((id) => ['json', 'md', 'tex'].map((kind) => `${ids.length === 1 ? 'report' : id}.${kind}`));
}

const FORMS = { json: 'json', md: 'markdown', tex: 'latex' } as const;

/** Carries out the protocols one after another, on the same copies; prints each report, and writes it in every form. */
export async function featuresUnderProtocols(
  source: FeatureSource,
  protocols: readonly Protocol[],
  options: FeaturesProtocolArguments,
  known: Known,
): Promise<void> {
  const { databases, notes } = await openDatabases(options.data, known);
  const reports: ProtocolReport[] = [];
  for (const protocol of protocols) {
    const own = databases.filter(({ name }) => protocol.databases.includes(name));
    const report = await run(source, protocol, own, notes, options);
    reports.push(report);
    if (!options.json) await print(`${reports.length > 1 ? '\n' : ''}${renderProtocolReport(report, 'markdown')}`);
    if (options.out === undefined) continue;
    await makeFolder(options.out);
    const base = protocols.length === 1 ? 'report' : protocol.id;
    for (const [kind, format] of Object.entries(FORMS))
      await writeLines(
        join(options.out, `${base}.${kind}`),
        renderProtocolReport(report, format).trimEnd().split('\n'),
      );
  }
  if (options.json) await printJson(reports.length === 1 ? reports[0] : { reports });
  if (options.out !== undefined) log(`reports: ${options.out}`);
}

async function run(
  source: FeatureSource,
  protocol: Protocol,
  databases: Parameters<typeof classifyProtocol>[3],
  notes: readonly string[],
  { fit, select, scaling, folds, seed, randomLabels, normalize, ...options }: FeaturesProtocolArguments,
): Promise<ProtocolReport> {
  const counter = new FramingCounter();
  let bar: Progress | undefined;
  try {
    return await classifyProtocol(source, fit, protocol, databases, {
      select,
      folds,
      seed,
      notes,
      images: await imageOptions(options, counter),
      ...(scaling ? { scaling } : {}),
      ...(randomLabels ? { randomLabels } : {}),
      ...(normalize ? { normalize } : {}),
      onFeatures: (done, total) => (bar ??= new Progress(`features ${protocol.id}`, total)).update(done),
      onFold({ name, number, of, classifier }) {
        bar?.finish();
        log(`fold ${name} (${number}/${of}): ${classifier}`);
      },
    });
  } finally {
    bar?.finish();
    logFramings(counter);
  }
}
