/** What a sweep has found so far: what sweep.json holds. */
import type { CardMetric, Setting } from '../train/index.ts';

export interface SweepRun extends Setting {
  /** Folder within `out`, also the name of the setting. */
  readonly folder: string;
  readonly bestEpoch: number;
  readonly epochs: number;
  readonly wallSeconds: number;
  /** Accuracy of the first head on the validation split after each epoch; absent in tables of earlier versions. */
  readonly curve?: readonly number[];
  /** Figures of every split that was not trained on. */
  readonly metrics: readonly Pick<
    CardMetric,
    'dataset' | 'split' | 'head' | 'role' | 'n' | 'accuracy' | 'meanAccuracy'
  >[];
}

export interface Sweep {
  readonly version: 1;
  readonly family: string;
  readonly title: string;
  /** The family's own values. */
  readonly parameters: Setting['parameters'];
  readonly dataset: string;
  /** Null: the recipes' own. */
  readonly epochs: number | null;
  /** In order of parameters and seed; with `resume`, also those of earlier sweeps. */
  readonly runs: readonly SweepRun[];
}
