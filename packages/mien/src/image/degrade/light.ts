/** Light from one side. Shape legend: H height, W width, C channels. */
import { clampByte, type PixelShape } from './pixels.ts';

/**
 * Multiplies in place by a gain that rises evenly across the image:
 *   v ← v·(1 + s·t),  t from −1 at the border away from the light to 1 at the one towards it
 * @param values [H,W,C], 0 … 255   @param angleDeg where the light comes from: 0 the right, 90 below
 * @param strength s, 0 … 1: at 1 the far side is black and the near side twice as bright
 */
export function lightFromSide(
  values: Float32Array,
  { height, width, channels }: PixelShape,
  angleDeg: number,
  strength: number,
): void {
  const angle = (angleDeg * Math.PI) / 180;
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.abs(dx) + Math.abs(dy);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const t = (dx * ((2 * x + 1) / width - 1) + dy * ((2 * y + 1) / height - 1)) / reach;
      const gain = 1 + strength * t;
      const at = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) values[at + c] = clampByte(values[at + c]! * gain);
    }
  }
}
