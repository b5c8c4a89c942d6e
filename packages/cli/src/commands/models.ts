/** `mien models`: the expression models that are installed. */
import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { InputError } from 'mienjs';
import { findModel, listModels, loadClassifier, type ModelFile } from 'mienjs/predict/node';
import type { ExpressionClassifier } from 'mienjs/predict';
import { VIEWS } from 'mienjs/data';
import { exists, readText, readWhole } from 'mienjs/files';
import { formatNormalization } from 'mienjs/image';
import { parseModelCard, renderModelCard, type ModelCard } from 'mienjs/train';
import { log, logError, messageOf, print, printJson, ReportedFailure } from '../output.ts';
import { planNoOutput } from '../outputs/guard.ts';

export function register(program: Command): void {
  const models = program.command('models').description('list, show and verify the expression models');
  planNoOutput(
    models
      .command('list', { isDefault: true })
      .description('the models that are installed')
      .option('--json', 'one JSON document on stdout')
      .action(async ({ json }: { json?: true }) => {
        const found = await listModels();
        if (json) await printJson({ models: found.map(({ name, path }) => ({ name, path })) });
        else await print(found.map(({ name, path }) => `${name.padEnd(28)}${path}\n`).join(''));
        if (found.length === 0) log('no model is installed');
      }),
  );
  planNoOutput(
    models
      .command('show')
      .description('the card of a model, and the contract in its file')
      .argument('<name>', 'a model, as `mien models list` names it')
      .option('--json', 'one JSON document on stdout')
      .action(async (name: string, { json }: { json?: true }) => {
        const model = await findModel(name);
        const { model: spec, preprocess } = await inspect(model);
        const card = await readCard(model);
        if (json) {
          await printJson({ name, path: model.path, card, model: spec, preprocess });
          return;
        }
        const { width, height, channels, framing, steps = [] } = preprocess;
        const lines = [
          `file: ${model.path}`,
          `input: ${width}×${height} ${channels}, faces framed as ${framing}${steps.length > 0 ? `, normalized by ${formatNormalization(steps)}` : ''}`,
          ...spec.heads.map(
            (h) =>
              `output ${h.output}, trained on ${h.trainedOn}, views ${h.mirror ? VIEWS.join(' and ') : 'single'}: ${h.classes.join(', ')}`,
          ),
          ...(spec.valueHeads ?? []).map((h) => `output ${h.output}, trained on ${h.trainedOn}: ${h.names.join(', ')}`),
          '',
          renderModelCard(card),
        ];
        await print(`${lines.join('\n').trimEnd()}\n`);
      }),
  );
  planNoOutput(
    models
      .command('verify')
      .description("load every model, and compare it with its card's SHA-256")
      .option('--json', 'one JSON document on stdout')
      .action(async ({ json }: { json?: true }) => {
        const results: { name: string; ok: boolean; error?: string }[] = [];
        for (const model of await listModels()) {
          const error = await verifyModel(model).then(() => undefined, messageOf);
          results.push({ name: model.name, ok: error === undefined, ...(error === undefined ? {} : { error }) });
        }
        if (json) await printJson({ models: results });
        else
          await print(
            results
              .filter((r) => r.ok)
              .map((r) => `${r.name}: ok\n`)
              .join(''),
          );
        for (const { error } of results) if (error !== undefined) logError(error);
        if (results.length === 0) logError('no model is installed');
        if (results.length === 0 || results.some((r) => !r.ok)) throw new ReportedFailure();
      }),
  );
}

/** What a model's file says of itself; loading it whole shows that the runtime takes it. */
async function inspect({ path }: ModelFile): Promise<Pick<ExpressionClassifier, 'model' | 'preprocess'>> {
  const classifier = await loadClassifier(path);
  await classifier.release();
  return classifier;
}

/** @throws {InputError} naming what is wrong: the file, its contract, its card, or that they do not belong together */
export async function verifyModel(file: ModelFile): Promise<void> {
  const { model } = await inspect(file);
  if (model.name !== file.name)
    throw new InputError(file.path, `its metadata name it "${model.name}", expected "${file.name}"`);
  const { sha256 } = await readCard(file);
  const actual = createHash('sha256')
    .update(await readWhole(file.path))
    .digest('hex');
  if (actual !== sha256) throw new InputError(file.path, `has SHA-256 ${actual}, but its card says ${sha256}`);
}

async function readCard({ name, cardPath }: ModelFile): Promise<ModelCard> {
  if (!(await exists(cardPath))) throw new InputError(cardPath, `no such file, so the model ${name} has no card`);
  return parseModelCard(cardPath, await readText(cardPath));
}
