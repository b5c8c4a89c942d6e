/** How an image is turned, out of its EXIF data. Source: EXIF 2.32, section 4.6.4, tag 274; the layout is TIFF's. */

const ORIENTATION = 0x0112;
/** TIFF's type of the value: a 16-bit integer. */
const SHORT = 3;
const ENTRY = 12;

/** @param exif begins with TIFF's header   @returns 1 … 8; 1 (upright) where the data do not say */
export function exifOrientation(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  if (exif.length < 8) return 1;
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, isLittle);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY;
    if (at + ENTRY > exif.length) return 1;
    if (view.getUint16(at, isLittle) !== ORIENTATION || view.getUint16(at + 2, isLittle) !== SHORT) continue;
    const value = view.getUint16(at + 8, isLittle);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
