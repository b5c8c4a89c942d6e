/** Estimates of action units from the mesh. */
import { decodeBasis } from './encoding.ts';
import type { ActionUnitBasis } from './basis.ts';

export {
  ACTION_UNIT_VERTICES,
  ESTIMATED_UNITS,
  unposed,
  type ActionUnitBasis,
  type EstimatedUnit,
  type UnitModel,
} from './basis.ts';
export { encodeBasis } from './encoding.ts';
export * from './estimate.ts';
export { unitModel } from './unit-model.ts';

/** The basis that comes with the library: faces at rest of FER+, and what units do to drawn faces. */
export async function loadActionUnitBasis(): Promise<ActionUnitBasis> {
  const { BASIS } = await import('./basis-data.ts');
  return decodeBasis(BASIS);
}
