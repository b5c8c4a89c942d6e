/**
 * What a network may take of a face that is turned to the front: its shading, or the photo's colors on it. The same
 * function makes them when data are loaded and when photos are recognized.
 */
import { ShapeError } from '../../errors.ts';
import type { RawImage } from '../../image/index.ts';
import type { Face } from '../find-faces.ts';
import { blackViews, FRONTAL_VIEWS, type FrontalImages, type FrontalSizes, type FrontalView } from './frontal-kinds.ts';
import { recenter } from './recenter.ts';
import type { Recentering } from './recenter-faces.ts';

/**
 * Reconstructs a face and turns it to the front (see `recenter`). A mesh that is folded so that it tells no direction
 * gives black images, as what is hidden is black.
 * @param face of this image, as `findFaces` gives it   @param sizes the views that are wanted
 * @throws {ShapeError} when a size is not a positive integer
 * @example
 * ```ts
 * import { decodeImage } from 'mienjs';
 * import { findFaces, frontalViews } from 'mienjs/face';
 * import { loadNpmRecentering } from 'mienjs/face/node';
 *
 * const recentering = await loadNpmRecentering();
 * const photo = await decodeImage('photo.jpg');
 * for (const face of await findFaces(photo, recentering.detector, recentering.mesher)) {
 *   const { shading, texture } = await frontalViews(photo, face, recentering, { shading: 100, texture: 100 });
 *   console.log(shading?.width, texture?.channels);
 * }
 * ```
 */
export async function frontalViews(
  image: RawImage,
  face: Face,
  { reconstructor, canonical }: Pick<Recentering, 'reconstructor' | 'canonical'>,
  sizes: FrontalSizes,
): Promise<FrontalImages> {
  const views: Partial<Record<FrontalView, RawImage>> = { ...blackViews(sizes) };
  const wanted = FRONTAL_VIEWS.filter((view) => sizes[view] !== undefined);
  if (wanted.length === 0) return views;
  try {
    const reconstruction = await reconstructor.reconstruct(image, face);
    for (const size of new Set(wanted.map((view) => sizes[view]!))) {
      const frontal = recenter(image, reconstruction, canonical, { size });
      for (const view of wanted) if (sizes[view] === size) views[view] = frontal[view];
    }
  } catch (cause) {
    if (!(cause instanceof ShapeError)) throw cause;
  }
  return views;
}
