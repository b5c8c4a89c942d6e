/** What a character is: numbers and colors, from which the rig, the renderer and the hair are built. */
import type { HeadShape } from '../rig/head-surface.ts';

/** sRGB, 0 … 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface EyeShape {
  /** Center of the eye's opening beside the middle of the face, on the head's eye line. */
  readonly x: number;
  /** Half the width of the opening. */
  readonly halfWidth: number;
  /** How far the lids stand from the line between the corners when the face is neutral, in half widths. */
  readonly upper: number;
  readonly lower: number;
  /** How much higher the outer corner is than the inner one, in half widths. Default 0. */
  readonly tilt?: number;
  /** 0.5: round like an ellipse; more: pointed at the corners. Default 0.65. */
  readonly pointed?: number;
  /** Radius of the eyeball, in half widths. Default 1.12. */
  readonly ball?: number;
  /** How far the eyeball stands out of the face, in half widths. Default 0.3. */
  readonly bulge?: number;
  /** Radius of the iris and of the pupil, in radii of the eyeball. */
  readonly iris: number;
  readonly pupil?: number;
  readonly color: Rgb;
  /** Length of the lashes in half widths; 0: none, a thin dark line only. */
  readonly lashes?: number;
  /** How dark the line along the lids is, 0 … 1. */
  readonly liner?: number;
  /** Paint of the upper lid. */
  readonly shadow?: Rgb;
}

export interface BrowShape {
  /** Inner end beside the middle, outer end, and heights above the eye line of inner end, arch and outer end. */
  readonly inner: number;
  readonly outer: number;
  readonly heights: readonly [inner: number, arch: number, outer: number];
  /** Half thickness at the inner end, in the middle and at the outer end. */
  readonly thickness: readonly [inner: number, middle: number, outer: number];
  /** How far they stand out of the skin, in thicknesses. Default 0.8. */
  readonly relief?: number;
  readonly color: Rgb;
}

export interface NoseShape {
  /** y of the tip, and of the root, where the ridge begins. */
  readonly tip: number;
  readonly root: number;
  /** Half the width of the tip, and how far it stands out. */
  readonly width: number;
  readonly length: number;
  /** How far the ridge stands out between root and tip, as a share of `length`; its half width as a share of `width`. */
  readonly ridge: number;
  readonly ridgeWidth?: number;
  /** Size of the wings, as a share of `width`. Default 0.5. */
  readonly wings?: number;
  /** How far the tip hangs (+) or turns up (−). Default 0. */
  readonly droop?: number;
}

export interface MouthShape {
  readonly y: number;
  readonly halfWidth: number;
  /** Heights of the red of the lips. */
  readonly upper: number;
  readonly lower: number;
  /** How far the lips stand out. */
  readonly fullness: number;
  readonly color: Rgb;
  /** How much the corners lie above the middle when the face is neutral. Default 0. */
  readonly curve?: number;
  /** How much of the lips' color covers the skin, 0 … 1. Default 1. */
  readonly tint?: number;
}

export interface EarShape {
  readonly size: number;
  /** y of the middle. */
  readonly y: number;
  /** How far they stand off, degrees. */
  readonly flareDeg: number;
  /** 0: round; 1: pointed. */
  readonly pointed?: number;
}

export interface SkinPaint {
  readonly color: Rgb;
  /** Color of cheeks, nose and ears. */
  readonly blush: Rgb;
  readonly blushAmount: number;
  readonly freckles?: number;
  /** Shadow of a beard, 0 … 1. */
  readonly stubble?: number;
  /** Wrinkles that are there when the face is neutral, 0 … 1. */
  readonly age?: number;
  /** Bumps of cheek, chin and brow ridge, in units of the head. */
  readonly cheeks?: number;
  readonly chin?: number;
  readonly browRidge?: number;
}

/** A lock of hair that runs over the head: φ in degrees, height y, and how far above the skin, at each of its points. */
export interface Lock {
  readonly path: readonly (readonly [phiDeg: number, y: number, above: number])[];
  /** Half widths at root, middle and tip. */
  readonly width: readonly [number, number, number];
  /** Thickness as a share of the width. Default 0.45. */
  readonly flat?: number;
  /** Also on the other side. */
  readonly mirrored?: boolean;
}

/** A lock through points of space. */
export interface FreeLock {
  readonly points: readonly (readonly [x: number, y: number, z: number])[];
  readonly width: readonly [number, number, number];
  readonly flat?: number;
  readonly mirrored?: boolean;
}

export interface HairShape {
  readonly color: Rgb;
  /** How strongly single strands show, 0 … 1. Default 0.5. */
  readonly strands?: number;
  readonly shine?: number;
  /** Hair that lies on the head. The line is the height where it begins, by φ in degrees from 0 to 180. */
  readonly cap?: {
    readonly line: readonly (readonly [phiDeg: number, y: number])[];
    readonly thickness: number;
    /** Further thickness on the crown. */
    readonly volume?: number;
  };
  readonly locks?: readonly Lock[];
  readonly freeLocks?: readonly FreeLock[];
  /** Balls: center and radius. */
  readonly balls?: readonly { readonly at: readonly [number, number, number]; readonly radius: number }[];
  /** Curls all over the cap: balls of about this radius. */
  readonly curls?: { readonly radius: number; readonly count: number; readonly seed: number };
}

export interface Accessories {
  readonly glasses?: { readonly color: Rgb; readonly round: number; readonly size: number; readonly thickness: number };
  readonly earrings?: Rgb;
}

export interface Character {
  /** Lower-case letters, as it stands in names of files. */
  readonly name: string;
  readonly description: string;
  readonly head: HeadShape;
  readonly eyes: EyeShape;
  readonly brows: BrowShape;
  readonly nose: NoseShape;
  readonly mouth: MouthShape;
  readonly ears: EarShape;
  readonly skin: SkinPaint;
  readonly hair: HairShape;
  readonly neck: {
    readonly radius: number;
    readonly shoulders: number;
    readonly clothes: Rgb;
    /** From the chin to where the clothes begin. Default 0.5. */
    readonly length?: number;
  };
  readonly wears?: Accessories;
  /** How far the face goes: 1 as a person's, more as a cartoon's. Default 1. */
  readonly expressive?: number;
}
