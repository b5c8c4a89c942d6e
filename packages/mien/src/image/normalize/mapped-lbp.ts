/**
 * Mapped local binary patterns: an image of three channels in which pixels of similar texture have similar colours,
 * whatever the light. Source: Levi & Hassner 2015 (Li & Deng 2020, section 4.1.2, Fig. 5). Shapes: H, W of the image.
 */
import { toGray } from '../color.ts';
import { lbpCodes } from '../lbp-codes.ts';
import { rawImage, type HeightWidth } from '../raw-image.ts';

/**
 * The colours of the 256 codes, bytes [256, 3] in base64, as `codeColors` of `mienjs/features` derives them: by the
 * distances of codes whose bits lie on a line, or on a circle. Kept, so that a page which recognises neither waits for
 * them nor takes rounding errors of its own.
 */
const COLORS = {
  line:
    '/4WAw1tsy3WElVCJ04CCmmCJoHGZb1uT24OAomh8qHmLc2KQr4GLeWyPf3udS2yJ44SAqmh0sHqFemaHt4KEgHCHhn2UUW+HvoSEh3V+jYKLV3OG' +
    'koqMXXqFY4uULHd/6oSAsWZxt3qEgmOCv4KCh26DjXyQWG+ExoSBjnN6lIGHXnSDmoiIZHuCaomQM3h/zYWClXR0m4KCZXV8oYmCa3x9cYqKOnl/' +
    'p42CcoJzeI+AQXx+fZqCSIR9TpiPFnp+8YWAt2JwvniEiV6DxoGCjmqElHmRYGyDzYOBlXB6m36HZXGDooWIa3iCcYaQOnh+1ISBnXB0on+CbHJ8' +
    'qYaCcnp9eIeJQXl+r4mCeX51f4uBSHx+hJWCT4N8VZWNHXt/24WBo25xqX+BdHB4sIaAeXh6f4WGSHl8t4l/gH1xhop+T3t8i5J+VoJ7XJOLJHt/' +
    'vYt/h35qjYx3Vn11kpV3XYN2Y5OEK3x/l5t1ZIpqapp4M399b6h5O4l7QqCRB3p/+IWAvV9uxHaEkFeGzICClWWHm3WVaGSK1IOAnGx7onyJbWqI' +
    'qYKKcnOIeIGVQnSA24SAo2x0qX2EdG2BsISDeXWBf4KOSHaAt4aDgHp5hoeFT3l/i4+HVoB+XJGOJHp+4oSAqmpysHyDe2p9t4OBgHR+hoGKUHZ9' +
    'voaBh3h2jYWCVnl9k42DXYB9Yo+LK3t+xYeBjnlvlId9XXp3mo58ZIF4ao+FMnx+n5N8a4ZucZV7OX59dqF8QYd7SJ2PDnp/6YWBsWdwt3uCgmV9' +
    'voOBh3B/jX2MWHJ9xYaAjnV1lIOCXnZ9moqDZH19aouLMnp9zIeAlXZvm4R9ZXd3oYt8a354cYyFOXt+p5B7coNveJF8QH19fZx9SIV7TpmOFXt/' +
    '04iAnHRrooV6bXVzqIx5cn10eIqBQXt7rpB4eYJrf494SH17hZl4T4V6VZeLHHt/tJN2gIRihpNwUH50jJ1vV4Z0XZeDJHx/kKRsX45mZZ92LH99' +
    'aq92NIp7PKSTAHp/',
  circle:
    '/4CA35SA346OwJ+M34CUwI+PwIyfoZub33GOwYSKwICVoI+TwHOfoIKYoYCmgI+k32uAwYCAwXuKoYuJwHCPoYCMoH2YgIqYwGCMoXSJoHCTf4CS' +
    'oWSbgHWYgHCkXoCm33FxwYR1wYCAoY6BwXWEoYODoYGOgI2NwGqAoXuAoXaJgIOIoGyPgHqMgHWYX4KYwGBzoXR2oXF+gICAoGeCgHeDf3KNXn6O' +
    'oVmAgG2AgGeKXnaLgFuPX2yPXmSbP3Of34BrwI9wwYp7oJh9wYCAoYyAoYmLgJiKwXV7oYN8oYCEgIyFoXaLgIOIgICSX4+TwHBwoYBzoXx8gIh8' +
    'oXOAgICAgHyIXomJoGd9gHd8gHOFXoCEgGeKXnaJX3CTP4CVwHNgoIJnoX5xf41yoXZ0gIN3gICAXo5+oGxwgHpzgHd8XoN8f22AXnuAXnSJPoSK' +
    'oWRkgHVngHJyXoFxgGd1XnZ2XnGBPoCAgFtwX2xwX2d9PnV7XlmAP2qAP2CMIHGO345xwJ9zwJWAoaaAwYqEoJiCoJOPgKSPwYCAoY5+oYmJgJiK' +
    'oX6Of42NgIqYXpubwXt1oYt2oYSAgJKAoXyDgIiDgIWMX5OPoXGBgICAgHyIXomLgHKNXoGOX32YP4yfwIBqoI9soYl2gJh1oYB7gIx6gIiDX5iC' +
    'oXZ2gIN3gICAXoyAgHeDXoODXoCMP4+PoHBsf4BtgHx3Xol0gHN6XoB7XnyDPoqEgGd1XnZ0XnOAPoCAX2eCPnWEP3CPIICUwIxgoZtkoJNwgKRw' +
    'oYl0gJh1f5KAXqaAoYFxgI1ygIh8X5h9gICAXo6BXouJP5+MoH1ngIpngIVzX5NwgHx3Xol2XoSAP5WAf3JyXn5xXnx8Pop7XnF+PoCAPnuKII6O' +
    'oYBZgI9bgIpnXptkgIBtX49sXot2P59zgHVnX4JnXoBzP49wXnR2PoR1PoCAIJSAgHBbXoBZX31nP4xgX3BsP4BqPnt1II5xXmRkP3NgP3BwIIBr' +
    'P2BzIHFxIGuAAICA',
} as const;

/**
 * Each pixel's code in its colour.
 *   out_c(x, y) = colour_c[ LBP_{8,R}(x, y) ],  of the grey image, rounded to 8 bits
 * @param planes one channel [H,W] or three, on the scale 0 … 255   @param radius R of `lbpCodes`, px
 * @param circle 1: bit 7 of a code is beside bit 0, so that turning the image by 45° changes colours little
 * @returns three channels [H,W]
 */
export function mappedLbp(
  planes: readonly Float32Array[],
  { width, height }: HeightWidth,
  { radius, circle }: { readonly radius: number; readonly circle: number },
): Float32Array[] {
  const count = planes.length;
  const bytes = new Uint8ClampedArray(width * height * count); // rounds, and stays within 0 … 255
  planes.forEach((plane, c) => plane.forEach((value, i) => (bytes[i * count + c] = value)));
  const codes = lbpCodes(toGray(rawImage(width, height, count === 1 ? 1 : 3, new Uint8Array(bytes.buffer))), radius);
  const colors = colorsOf(circle ? 'circle' : 'line');
  return [0, 1, 2].map((c) => Float32Array.from(codes, (code) => colors[3 * code + c]!));
}

const decoded = new Map<keyof typeof COLORS, Uint8Array>();

function colorsOf(topology: keyof typeof COLORS): Uint8Array {
  let colors = decoded.get(topology);
  if (!colors) decoded.set(topology, (colors = Uint8Array.from(atob(COLORS[topology]), (c) => c.charCodeAt(0))));
  return colors;
}
