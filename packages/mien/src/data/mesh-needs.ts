/** What of a model's inputs the face mesh must find. Without the schemas of model-inputs.ts, which pages need not have. */
import { MienError } from '../errors.ts';
import { LANDMARK_COUNT } from '../face/landmarks.ts';
import type { FrontalSizes, FrontalView } from '../face/reconstruct/frontal-kinds.ts';
import type { ModelInput } from './model-inputs.ts';

export interface MeshNeeds {
  readonly landmarks: boolean;
  readonly views: FrontalSizes;
}

/**
 * @returns undefined when no input is found by the mesh
 * @throws {MienError} when two inputs are the same view in different sizes, or other landmarks than 68 of the mesh
 */
export function meshNeedsOf(inputs: readonly ModelInput[]): MeshNeeds | undefined {
  const views: Partial<Record<FrontalView, number>> = {};
  let landmarks = false;
  for (const input of inputs) {
    if (input.kind === 'landmarks' && input.from) {
      if (input.points !== LANDMARK_COUNT)
        throw new MienError(
          `inputs: the face mesh gives ${LANDMARK_COUNT} landmarks, expected them, got ${input.points}`,
        );
      landmarks = true;
    }
    if (input.kind !== 'frontal') continue;
    if ((views[input.view] ??= input.size) !== input.size)
      throw new MienError(
        `inputs: the frontal ${input.view} is wanted in ${views[input.view]} and ${input.size} px, expected one size`,
      );
  }
  return landmarks || Object.keys(views).length > 0 ? { landmarks, views } : undefined;
}
