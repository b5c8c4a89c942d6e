/** What the file of a position-map network that Mien trained says of itself: that its maps are those of the face mesh (`MeshMap`). */
import { InputError } from '../../errors.ts';

export const POSITION_MAP_METADATA_KEY = 'mien.position-map';

const LAYOUT = 'face-mesh';

/** The metadata entries of the file. @param recipe that trained it */
export const encodePositionMapMetadata = (recipe: string): Map<string, string> =>
  new Map([[POSITION_MAP_METADATA_KEY, JSON.stringify({ version: 1, layout: LAYOUT, recipe })]]);

/**
 * @param source names the file in errors
 * @throws {InputError} when it is not a network that Mien trained, or one whose maps have another layout
 */
export function checkPositionMapMetadata(source: string, metadata: ReadonlyMap<string, string>): void {
  const text = metadata.get(POSITION_MAP_METADATA_KEY);
  if (text === undefined)
    throw new InputError(
      source,
      `has no "${POSITION_MAP_METADATA_KEY}" metadata, so that its layout is not known: expected a network that Mien trained, or a folder with the layout beside it`,
    );
  let layout: unknown;
  try {
    layout = (JSON.parse(text) as { layout?: unknown }).layout;
  } catch (cause) {
    throw new InputError(source, `its "${POSITION_MAP_METADATA_KEY}" metadata is not JSON`, { cause });
  }
  if (layout !== LAYOUT)
    throw new InputError(
      source,
      `its "${POSITION_MAP_METADATA_KEY}" metadata does not fit: expected the layout "${LAYOUT}", got ${JSON.stringify(layout)}`,
    );
}
