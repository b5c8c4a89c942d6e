/** The mistakes that a model makes most confidently: wrong labels, unusual faces, or what it has not learned. */
import type { LabelledImages } from '../data/index.ts';
import type { Outcomes } from './answers.ts';

export interface Mistake {
  /** Finds the image again in the dataset. */
  readonly id: string;
  readonly label: string;
  readonly prediction: string;
  /** Probability of the predicted class. */
  readonly confidence: number;
}

/** So many are listed: a grid that can be looked through. */
const LISTED = 30;

/** The most confident first; of equal confidence in the order of the images. */
export function confidentMistakes(
  { ids, classes }: Pick<LabelledImages, 'ids' | 'classes'>,
  { rows, labels, predicted, confidences, right }: Outcomes,
): Mistake[] {
  const wrong = [...rows.keys()]
    .filter((i) => !right[i])
    .sort((a, b) => confidences[b]! - confidences[a]!)
    .slice(0, LISTED);
  return wrong.map((i) => ({
    id: ids[rows[i]!]!,
    label: classes[labels[i]!]!,
    prediction: classes[predicted[i]!]!,
    confidence: confidences[i]!,
  }));
}
