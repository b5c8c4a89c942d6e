/** FER+ by plural vote as datasets of their own: to train on these labels, or to evaluate by them alone. */
import type { DatasetDefinition } from './dataset.ts';
import { ferplus, loadFerPlus } from './ferplus.ts';
import { PLURALITY_NAMES, pluralityDataset } from './ferplus-label-sets.ts';

export const ferplusPlurality: readonly DatasetDefinition[] = PLURALITY_NAMES.map((name) => ({
  ...ferplus, name, load: async (path) => pluralityDataset(name, path, await loadFerPlus(path)),
}));
