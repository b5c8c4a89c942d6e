/** What is drawn besides the character itself: how it holds its face, where it looks, light, background, what it wears. */
import type { HeadPose } from '../geometry/pose.ts';
import type { Point3 } from '../image/raw-image.ts';
import type { Rgb } from './characters/character.ts';
import type { Wear } from './parts/face-parts.ts';
import type { UnitIntensities } from './rig/action-units.ts';

export interface Light {
  /** Towards the light: x to the image's right, y down, z away from the camera; any length but 0. */
  readonly direction: Point3;
  readonly color: Rgb;
  /** 1: a white surface that faces it is white. */
  readonly strength: number;
}

export type Background =
  | { readonly kind: 'plain'; readonly color: Rgb }
  | { readonly kind: 'gradient'; readonly top: Rgb; readonly bottom: Rgb }
  /** Soft spots of light on a plain ground, as of a scene out of focus. */
  | { readonly kind: 'spots'; readonly color: Rgb; readonly spots: Rgb; readonly seed: number }
  | { readonly kind: 'stripes'; readonly color: Rgb; readonly stripes: Rgb; readonly angleDeg: number };

export interface Scene {
  /** Intensities 0 … 1 of the action units; what is absent is 0. */
  readonly units?: UnitIntensities;
  /** Pose of the head. Default: straight at the camera. */
  readonly pose?: HeadPose;
  /** Where the eyes look, relative to the head; yaw > 0 to the subject's left, pitch > 0 up. Default: straight ahead. */
  readonly gaze?: { readonly yawDeg: number; readonly pitchDeg: number };
  /** The first casts shadows. Default: one from above the camera's left, and a weaker one from the right. */
  readonly lights?: readonly Light[];
  /** Light from all around. Default: a bluish gray. */
  readonly ambient?: { readonly color: Rgb; readonly strength: number };
  readonly background?: Background;
  /** Besides what the character always wears. */
  readonly wear?: Wear;
  /** 1: the head fills the image; more: nearer. Default 1. */
  readonly zoom?: number;
  /** Where the middle of the head is drawn, as shares of the image's size from its middle. Default 0, 0. */
  readonly shift?: readonly [x: number, y: number];
}

export const DEFAULT_LIGHTS: readonly Light[] = [
  { direction: [-0.55, -0.75, -0.9], color: [255, 246, 232], strength: 0.82 },
  { direction: [0.9, -0.15, -0.35], color: [196, 214, 255], strength: 0.28 },
];
export const DEFAULT_AMBIENT = { color: [214, 222, 240], strength: 0.38 } as const satisfies Scene['ambient'];
export const DEFAULT_BACKGROUND: Background = { kind: 'gradient', top: [226, 232, 238], bottom: [188, 200, 212] };
