/**
 * The kinds of pictures of a face that is turned to the front: what models and data say of them, without what makes them
 * (frontal-views.ts).
 */
import { ShapeError } from '../../errors.ts';
import { rawImage, type RawImage } from '../../image/index.ts';

/** `shading`: grey, the light from beside the camera; `texture`: RGB, the photo on the surface. */
export const FRONTAL_VIEWS = ['shading', 'texture'] as const;
export type FrontalView = (typeof FRONTAL_VIEWS)[number];

/** Which views, and the side of each, px. */
export type FrontalSizes = Readonly<Partial<Record<FrontalView, number>>>;
export type FrontalImages = Readonly<Partial<Record<FrontalView, RawImage>>>;

/** Channels of each view. */
export const FRONTAL_CHANNELS = { shading: 1, texture: 3 } as const satisfies Record<FrontalView, 1 | 3>;

/** What stands for a face that was not found. @throws {ShapeError} when a size is not a positive integer */
export function blackViews(sizes: FrontalSizes): FrontalImages {
  return Object.fromEntries(
    FRONTAL_VIEWS.flatMap((view) => {
      const size = sizes[view];
      if (size === undefined) return [];
      if (!Number.isInteger(size) || size < 1)
        throw new ShapeError('frontalViews', `${view}: expected a positive integer, got ${size}`);
      const channels = FRONTAL_CHANNELS[view];
      return [[view, rawImage(size, size, channels, new Uint8Array(size * size * channels))]];
    }),
  );
}
