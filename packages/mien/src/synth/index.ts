/**
 * Rendered characters: faces drawn by code whose expression, action units, pose, light and landmarks are known. Runs in
 * Node and in browsers; datasets as files: `mienjs/synth/node`.
 * @module
 */
export * from './characters/character.ts';
export * from './characters/index.ts';
export * from './dataset-plan.ts';
export { restLandmarks } from './landmarks.ts';
export * from './maps.ts';
export * from './invented.ts';
export * from './people.ts';
export { CharacterModel } from './model.ts';
export type { SkinPaintImage } from './paint.ts';
export type { Wear } from './parts/face-parts.ts';
export { type Material, MATERIALS } from './parts/part.ts';
export { checkScene, render, type Rendered, type RenderedSurface } from './render.ts';
export {
  ACTION_UNITS,
  type ActionUnit,
  type ActionUnitDefinition,
  type LidEffect,
  type LipEffect,
  type Move,
  type MoveReach,
  type Place,
  PLACES,
  sidesOf,
  type SidedIntensity,
  UNIT_NUMBERS,
  type UnitIntensities,
  type Wrinkle,
  WRINKLES,
} from './rig/action-units.ts';
export { type AnyExpression, formsOf, SYNTH_EXPRESSIONS, unitsOfExpression } from './rig/expressions.ts';
export type { HeadCage, CageVertex } from './rig/head-cage.ts';
export { type Eyeball, HeadRig, type PosedHead } from './rig/head-rig.ts';
export { type HeadShape, HeadSurface } from './rig/head-surface.ts';
export * from './sampling.ts';
export * from './scene.ts';
export * from './sequence.ts';
export * from './sheet.ts';
