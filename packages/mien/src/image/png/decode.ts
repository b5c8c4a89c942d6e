/**
 * PNG files to pixels without libvips, for browsers: the same bytes as image/decode-node.ts gives.
 *
 * Written here because no way of a browser's own keeps the bytes: a canvas stores colours multiplied by alpha, a
 * browser corrects gamma and rounds 16 bits; fast-png 8.0.0 errs on interlaced files of fewer than 8 bits and passes
 * over EXIF's orientation.
 */
import { InputError } from '../../errors.ts';
import { orient } from '../orient.ts';
import { rawImage, type RawImage } from '../raw-image.ts';
import { PNG_CHANNELS, type PngFile } from './file.ts';
import { inflate } from './inflate.ts';
import { forEachRow, rowBytes } from './rows.ts';

/**
 * @returns RGB as displayed: alpha flattened on white, 16 bits reduced to 8 by dropping the low byte, EXIF's
 *   orientation applied. A colour profile is passed over: see `hasProfile`
 * @throws {InputError} when the pixels are truncated or damaged
 */
export async function decodePng(file: PngFile, label: string): Promise<RawImage> {
  const { width, height } = file;
  try {
    const rows = await inflate(file.compressed, rowBytes(file));
    const data = new Uint8Array(width * height * 3);
    const toRgb = converter(file);
    forEachRow(rows, file, (samples, y, left, stepX) => {
      for (let i = 0, x = left; x < width; i++, x += stepX) toRgb(samples, i, data, (y * width + x) * 3);
    });
    return orient(rawImage(width, height, 3, data), file.orientation);
  } catch (cause) {
    throw new InputError(label, `is truncated or damaged (${(cause as Error).message})`, { cause });
  }
}

/** Writes the colour of pixel i of a row of samples at `to`. */
type Converter = (samples: Uint8Array | Uint16Array, i: number, out: Uint8Array, to: number) => void;

function converter({ depth, colorType, palette, transparency }: PngFile): Converter {
  const max = depth === 16 ? 65535 : 255;
  const shift = depth === 16 ? 8 : 0;
  const channels = PNG_CHANNELS[colorType];
  const white = 255 << shift;
  /** A colour over white: ⌊(v·α + white·(max − α))/max⌋, as libvips has it. */
  const flat = (value: number, alpha: number): number =>
    (alpha === max ? value : Math.floor((value * alpha + white * (max - alpha)) / max)) >> shift;
  if (colorType === 3) {
    const colors = new Uint8Array(256 * 3);
    for (let entry = 0; entry < palette.length / 3; entry++) {
      for (let c = 0; c < 3; c++) colors[entry * 3 + c] = flat(palette[entry * 3 + c]!, transparency?.[entry] ?? 255);
    }
    return (samples, i, out, to) => {
      for (let c = 0; c < 3; c++) out[to + c] = colors[samples[i]! * 3 + c]!;
    };
  }
  /** Factor to the full range for fewer bits than 8. */
  const widen = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const hidden =
    transparency &&
    Array.from({ length: transparency.length / 2 }, (_, c) => (transparency[2 * c]! << 8) | transparency[2 * c + 1]!);
  const colorChannels = channels < 3 ? 1 : 3;
  const hasAlpha = channels === 2 || channels === 4;
  return (samples, i, out, to) => {
    const at = i * channels;
    const isHidden = hidden !== undefined && !hasAlpha && hidden.every((value, c) => samples[at + c] === value);
    const alpha = hasAlpha ? samples[at + colorChannels]! : isHidden ? 0 : max;
    for (let c = 0; c < 3; c++) out[to + c] = flat(samples[colorChannels === 1 ? at : at + c]! * widen, alpha);
  };
}
