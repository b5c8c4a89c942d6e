/** The frames of a database's sequences that are images with labels, where no protocol says which. */
import { InputError } from '../errors.ts';
import { EXPRESSIONS_8 } from '../labels/index.ts';
import { compareCodeUnits } from '../files/index.ts';
import type { Database, FaceRecord } from './databases/index.ts';
import { FRAME_SELECTIONS, type FrameSelectionName } from './protocols/frames.ts';
import { selectFrames } from './protocols/select.ts';

/**
 * The label of a sequence is that of its peak, and its first frames are mostly neutral: that every frame counts under
 * it must be said. Unlabelled frames are kept.
 * @throws {InputError} when the database has labelled sequences and no frames are chosen, or the first frames are to be
 *   neutral where that is not one of the classes
 */
export function takeFrames(database: Database, frames: FrameSelectionName | undefined): Database {
  const isFrame = ({ sequence, label }: FaceRecord): boolean => sequence !== undefined && label !== undefined;
  if (!database.records.some(isFrame)) {
    return frames === undefined
      ? database
      : { ...database, notes: [...(database.notes ?? []), 'holds no labelled sequences: every image is taken'] };
  }
  if (frames === undefined)
    throw new InputError(
      database.root,
      `holds sequences, and the label of each is that of its peak: choose a protocol, or the frames, of ${Object.keys(FRAME_SELECTIONS).join(', ')}`,
    );
  const selection = FRAME_SELECTIONS[frames];
  const [neutral] = EXPRESSIONS_8;
  if (selection.firstIsNeutral && !database.classes.includes(neutral))
    throw new InputError(
      database.root,
      `the first frames cannot be taken as ${neutral}, the classes of ${database.name} are ${database.classes.join(', ')}`,
    );
  const records = [
    ...selectFrames(database.records.filter(isFrame), selection),
    ...database.records.filter((record) => !isFrame(record)),
  ].sort((a, b) => compareCodeUnits(a.id, b.id));
  return { ...database, records };
}
