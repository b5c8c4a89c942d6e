/**
 * Measures models of packages/mien/models again, on a copy of FER2013 with FER+'s votes, and writes their cards: the figures under
 * all rules of labels, and what their recipes expect and note. Weights and everything else stay.
 * Command: npm run build && node tools/measure-cards.mjs FER_FOLDER NAME…
 */
import { readFile, writeFile } from 'node:fs/promises';
import { loadDataset } from '../packages/mien/dist/data/node.js';
import { cardMetrics } from '../packages/mien/dist/evaluate/card-figures.js';
import { evaluateModel } from '../packages/mien/dist/evaluate/index.js';
import { loadClassifier } from '../packages/mien/dist/predict/node.js';
import { RECIPES } from '../packages/mien/dist/recipes/index.js';
import { parseModelCard, renderModelCard } from '../packages/mien/dist/train/index.js';

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined || names.length === 0) {
  process.stderr.write('usage: node tools/measure-cards.mjs FER_FOLDER NAME…\n');
  process.exit(2);
}
for (const name of names) {
  const at = (kind) => new URL(`../packages/mien/models/${name}.${kind}`, import.meta.url);
  const card = parseModelCard(name, await readFile(at('json'), 'utf8'));
  const { notes, title, expected } = RECIPES.find(({ id }) => id === card.recipe);
  const classifier = await loadClassifier(name);
  const { trainSplit, validationSplit } = card.data;
  const metrics = [];
  // FER+ brings its plural votes along; a model of FER2013's labels is measured on the 7 of them that it knows
  const datasets = card.data.dataset === 'ferplus' ? ['ferplus'] : [card.data.dataset, 'ferplus-plurality-7'];
  for (const dataset of datasets) {
    const data = await loadDataset(dataset, folder, classifier.format);
    for (const split of data.splits.filter((s) => s !== trainSplit)) {
      const role = split === validationSplit ? 'validation' : 'held-out';
      metrics.push(...cardMetrics(await evaluateModel(classifier, data, { split }), 'single', role));
    }
  }
  await classifier.release();
  const measured = ({ dataset, split }) =>
    metrics.find((m) => m.dataset === dataset && m.split === split)?.accuracy ?? null;
  const written = {
    ...card,
    title,
    notes: notes ?? null,
    metrics,
    expected: expected.map((e) => ({ ...e, measured: e.by === undefined ? measured(e) : null })),
  };
  await writeFile(at('json'), `${JSON.stringify(written, null, 2)}\n`);
  await writeFile(at('md'), renderModelCard(parseModelCard(name, JSON.stringify(written))));
  for (const { dataset, split, n, accuracy, meanAccuracy } of metrics)
    process.stdout.write(
      `${name} ${dataset} ${split}: ${(100 * accuracy).toFixed(2)} % (mean ${(100 * meanAccuracy).toFixed(2)} %) of ${n}\n`,
    );
}
