/** `mien evaluate --protocol`. */
import { loadClassifier } from 'mienjs/predict/node';
import { writeLines } from 'mienjs/files';
import { FramingCounter } from 'mienjs/data/node';
import { evaluateProtocol, renderProtocolReport, type ProtocolFormat, type ProtocolReport } from 'mienjs/protocols';
import type { Protocol } from 'mienjs/data/protocols';
import type { Device } from 'mienjs/runtime';
import { viewsOf, type DataOption, type ViewsOption } from '../options.ts';
import { log, print, Progress } from '../output.ts';
import { openDatabases } from './databases.ts';
import type { Known } from './known.ts';
import { imageOptions, logFramings, type ProtocolOptions } from './options.ts';

export interface EvaluateProtocolArguments extends ProtocolOptions, ViewsOption {
  readonly data: readonly DataOption[];
  readonly format?: ProtocolFormat;
  readonly out?: string;
  readonly json?: true;
  readonly device: Device;
  readonly threads?: number;
}

export async function evaluateUnderProtocol(
  model: string,
  protocol: Protocol,
  options: EvaluateProtocolArguments,
  known: Known,
): Promise<void> {
  const text = renderProtocolReport(
    await run(model, protocol, options, known),
    options.json ? 'json' : (options.format ?? 'markdown'),
  );
  if (options.out === undefined) return print(text);
  await writeLines(options.out, text.trimEnd().split('\n'));
  log(`report: ${options.out}`);
}

async function run(
  model: string,
  protocol: Protocol,
  { data, device, threads, ...options }: EvaluateProtocolArguments,
  known: Known,
): Promise<ProtocolReport> {
  const classifier = await loadClassifier(model, {
    device,
    views: viewsOf(options),
    ...(threads === undefined ? {} : { threads }),
  });
  const counter = new FramingCounter();
  let bar: Progress | undefined;
  let shown = '';
  try {
    const { databases, notes } = await openDatabases(data, known);
    const images = await imageOptions(options, counter);
    return await evaluateProtocol(classifier, protocol, databases, {
      images,
      notes,
      onProgress(fold, done, total) {
        if (fold !== shown) {
          bar?.finish();
          bar = new Progress(`fold ${fold}`, total);
          shown = fold;
        }
        bar!.update(done);
      },
    });
  } finally {
    bar?.finish();
    logFramings(counter);
    await classifier.release();
  }
}
