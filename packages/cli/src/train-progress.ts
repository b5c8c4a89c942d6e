/** What a training run shows while it goes on. */
import type { ProtocolCallbacks } from 'mienjs/protocols';
import { percentText } from 'mienjs/report';
import { isMeshHead, MAIN_FIGURE, type EpochRecord, type Recipe } from 'mienjs/train';
import { formatSeconds, log, Progress } from './output.ts';

/** A bar an epoch, and a line when it is over. */
export class TrainingProgress implements ProtocolCallbacks {
  readonly #recipe: Recipe;
  #bar: Progress | undefined;
  #shown = '';

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
  }

  readonly onStep: NonNullable<ProtocolCallbacks['onStep']> = ({
    epoch,
    epochs,
    step,
    steps,
    loss,
    imagesPerSecond,
  }) => {
    this.#show(`epoch ${epoch}/${epochs}`, steps);
    const runSeconds = ((epochs - epoch) * steps * this.#recipe.batchSize) / imagesPerSecond;
    this.#bar!.update(
      step,
      `loss ${loss.toFixed(3)}, ${imagesPerSecond.toFixed(0)} images/s, then ${formatSeconds(runSeconds)}`,
    );
  };

  readonly onEpoch = (record: EpochRecord, best: boolean): void => {
    const accuracies = this.#recipe.heads.map((head, h) => {
      const { output } = head;
      if (isMeshHead(head)) return `${output}: landmarks off by ${(-(record.score ?? NaN)).toFixed(3)}`;
      const figures = record.figures?.[output];
      if (!figures) return `${output} ${percentText(record.accuracies[h]!)}`;
      const name = MAIN_FIGURE[figures.kind];
      return `${output} ${name} ${figures.mean[name]!.toFixed(3)}`;
    });
    log(
      `epoch ${record.epoch}: loss ${record.trainLoss.toFixed(4)}, validation loss ${record.validationLoss.toFixed(4)}, ${this.#recipe.heads.every(isMeshHead) ? '' : 'accuracy '}${accuracies.join(', ')}, ${formatSeconds(record.seconds)}${best ? ' (best so far)' : ''}`,
    );
  };

  readonly onFold: NonNullable<ProtocolCallbacks['onFold']> = ({ name, number, of, kept }) => {
    log(`fold ${number}/${of} (${name})${kept ? ': finished before' : ''}`);
  };

  /** What comes after the epochs. */
  readonly onProgress = (stage: string, done: number, total: number): void => {
    this.#show(stage, total);
    this.#bar!.update(done);
  };

  finish(): void {
    this.#bar?.finish();
    this.#bar = undefined;
  }

  #show(label: string, total: number): void {
    if (label === this.#shown) return;
    this.finish();
    this.#bar = new Progress(label, total);
    this.#shown = label;
  }
}
