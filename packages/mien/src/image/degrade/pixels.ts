/** Pixels as numbers, for what is done to an image before it is rounded again: [H,W,C] row-major, 0 … 255. */
export interface PixelShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

export const clampByte = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : value);
