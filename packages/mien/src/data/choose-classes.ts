/** A dataset of some of its classes: for networks that know no others, as six expressions without neutral. */
import { InputError } from '../errors.ts';
import { type Dataset, type Samples, selectSamples } from './dataset.ts';
import { LABEL } from './samples.ts';

/**
 * The dataset with only the samples whose label is one of `classes`, in the order of `classes`. Label distributions,
 * which speak of the other classes too, are left out: the label is what is learned.
 * @returns the dataset itself where it has these classes and no others
 * @throws {InputError} when the dataset lacks one of them
 * @example
 * ```ts
 * import { chooseClasses } from 'mienjs/data';
 * import { loadDataset } from 'mienjs/data/node';
 * import { EXPRESSIONS_6 } from 'mienjs/labels';
 *
 * const six = chooseClasses(await loadDataset('ferplus', 'databases/ferplus'), EXPRESSIONS_6);
 * console.log((await six.loadSplit('Training', 'train')).count);
 * ```
 */
export function chooseClasses(dataset: Dataset, classes: readonly string[]): Dataset {
  if (dataset.classes.join('\n') === classes.join('\n')) return dataset;
  const lacking = classes.find((name) => !dataset.classes.includes(name));
  if (lacking !== undefined)
    throw new InputError(
      dataset.source ?? dataset.name,
      `has no class "${lacking}": its classes are ${dataset.classes.join(', ')}`,
    );
  const { loadUnclear: _, labelSets: __, ...rest } = dataset;
  const loaded = new Map<string, Promise<Samples>>();
  return {
    ...rest,
    classes,
    loadSplit(split, use) {
      const key = `${use} ${split}`;
      const known = loaded.get(key) ?? dataset.loadSplit(split, use).then((samples) => restrict(samples, classes));
      loaded.set(key, known);
      return known;
    },
  };
}

function restrict(samples: Samples, classes: readonly string[]): Samples {
  const { classes: own, labels } = samples.labelling;
  const place = own.map((name) => classes.indexOf(name));
  const rows = Int32Array.from(labels.keys()).filter((i) => labels[i]! >= 0 && place[labels[i]!]! >= 0);
  const chosen = selectSamples(samples, rows);
  return chosen.with({
    targets: { ...chosen.targets, [LABEL]: { classes, labels: rows.map((i) => place[labels[i]!]!) } },
  });
}
