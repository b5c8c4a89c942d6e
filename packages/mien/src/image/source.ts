/**
 * What images are decoded from, described by shape: neither Node's types nor a browser's are needed to use the library.
 */

/** A `URL`. */
export interface UrlLike {
  readonly href: string;
}

/** A `Blob`, such as the `File` of an input element. */
export interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/**
 * What a browser can draw: `ImageBitmap`, `<canvas>` and `OffscreenCanvas`, `<img>`, `<video>` (its current frame),
 * `ImageData`, `VideoFrame`.
 */
export type Drawable =
  | { readonly width: number; readonly height: number }
  | { readonly displayWidth: number; readonly displayHeight: number };

/**
 * The bytes of an image file, or where they are: a path in Node, an address in a browser, a `URL`, a `Blob`; in a
 * browser also whatever it can draw.
 */
export type ImageSource = string | Uint8Array | UrlLike | BlobLike | Drawable;

export const isUrl = (source: object): source is UrlLike => 'href' in source && typeof source.href === 'string';
export const isBlob = (source: object): source is BlobLike =>
  'arrayBuffer' in source && typeof source.arrayBuffer === 'function';

/** @returns what errors call the source where its user gave it no name */
export function nameOf(source: ImageSource): string {
  if (typeof source === 'string' || isUrl(source)) {
    const address = typeof source === 'string' ? source : source.href;
    return address.startsWith('data:') || address.startsWith('blob:') ? 'image' : address;
  }
  return 'name' in source && typeof source.name === 'string' && source.name !== '' ? source.name : 'image';
}
