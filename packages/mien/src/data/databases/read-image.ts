/** The pixels of a record, wherever they stand. */
import { toGray, toRgb, type RawImage } from '../../image/index.ts';
import { decodeImage, type DecodeOptions } from '../../image/node.ts';
import type { FaceRecord } from './database.ts';

/**
 * @param options channels: 3 = RGB (default), 1 = grey
 * @throws {InputError} naming the file, when it is missing or damaged
 */
export async function readFaceImage(
  record: FaceRecord,
  options: Pick<DecodeOptions, 'channels'> = {},
): Promise<RawImage> {
  if ('file' in record.image) return decodeImage(record.image.file, options);
  const image = await record.image.read();
  return options.channels === 1 ? toGray(image) : toRgb(image);
}
