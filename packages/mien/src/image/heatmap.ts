/** Maps of numbers laid over an image, and the figure that shows both with a legend. */
import { ShapeError } from '../errors.ts';
import { type ColorMap, colorOf } from './color-map.ts';
import { toGray, toRgb } from './color.ts';
import { Canvas, type Color, textHeight, textWidth } from './draw.ts';
import { rawImage, type RawImage } from './raw-image.ts';
import { resize } from './resize.ts';

/** A map [H,W], row-major, covering the whole image whatever its own size. NaN means: no value here. */
export interface ValueMap {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

/**
 * The image in grey under the colours of the map, mixed half and half. The map is enlarged bilinearly, its outer
 * edges on the image's; where a neighbouring value is NaN the image stays grey.
 * @throws {ShapeError} when the values are not width·height
 */
export function overlayHeatmap(image: RawImage, map: ValueMap, colorMap: ColorMap): RawImage {
  if (map.values.length !== map.width * map.height) {
    throw new ShapeError(
      'overlayHeatmap',
      `map: ${map.width}×${map.height} needs ${map.width * map.height} values, got ${map.values.length}`,
    );
  }
  const { width, height } = image;
  const out = toRgb(toGray(image)).data;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = interpolate(map, ((x + 0.5) * map.width) / width - 0.5, ((y + 0.5) * map.height) / height - 0.5);
      if (Number.isNaN(value)) continue;
      const at = (y * width + x) * 3;
      colorOf(value, colorMap).forEach((v, c) => {
        out[at + c] = (out[at + c]! + v) / 2 + 0.5;
      });
    }
  }
  return rawImage(width, height, 3, out);
}

/** Bilinear, with the edge values continued outwards. Column and row in units of the map, 0 at the first value. */
function interpolate({ width, height, values }: ValueMap, column: number, row: number): number {
  const u = Math.min(Math.max(column, 0), width - 1);
  const v = Math.min(Math.max(row, 0), height - 1);
  const i = Math.min(Math.floor(u), Math.max(0, width - 2));
  const j = Math.min(Math.floor(v), Math.max(0, height - 2));
  const [right, below] = [width > 1 ? 1 : 0, height > 1 ? width : 0];
  const [fu, fv] = [u - i, v - j];
  const at = j * width + i;
  return (
    (1 - fv) * ((1 - fu) * values[at]! + fu * values[at + right]!) +
    fv * ((1 - fu) * values[at + below]! + fu * values[at + below + right]!)
  );
}

export interface Panel {
  readonly image: RawImage;
  readonly caption: string;
}

export interface Legend {
  readonly colorMap: ColorMap;
  /** What the values mean, such as `drop in probability of happiness`. */
  readonly title: string;
  /** Written under the two ends of the scale. */
  readonly lowLabel: string;
  readonly highLabel: string;
}

const ink: Color = [24, 24, 24];
const paper: Color = [255, 255, 255];

/**
 * Panels side by side on white, each with its caption beneath, and a legend below them all. Panels are enlarged to
 * the height of the highest, and to at least 320 pixels, by which the text is sized too.
 * @throws {ShapeError} when there is no panel
 */
export function composeFigure(panels: readonly Panel[], legend?: Legend): RawImage {
  if (panels.length === 0) throw new ShapeError('composeFigure', 'panels: expected at least one, got none');
  const height = Math.max(320, ...panels.map(({ image }) => image.height));
  const capHeight = Math.max(8, height / 28);
  const gap = 2 * Math.round(capHeight * 0.75); // even, for half a gap to be whole pixels
  const resized = panels.map(({ image, caption }) => ({
    caption,
    image: resize(image, { height, width: Math.max(1, Math.round((image.width * height) / image.height)) }),
  }));
  const captionHeight = Math.round(textHeight(capHeight)) + gap;
  const legendHeight = legend ? Math.round(3 * textHeight(capHeight) + capHeight) + gap : 0;
  const columns = resized.map(({ image, caption }) => Math.ceil(Math.max(image.width, textWidth(caption, capHeight))));
  const legendWidth = legend ? textWidth(legend.title, capHeight) : 0;
  const innerWidth = Math.max(
    columns.reduce((sum, width) => sum + width + gap, -gap),
    Math.ceil(legendWidth),
  );

  const canvas = Canvas.blank(innerWidth + 2 * gap, gap + height + gap / 2 + captionHeight + legendHeight, paper);
  let left = gap;
  resized.forEach(({ image, caption }, i) => {
    canvas.paste(image, left, gap);
    canvas.text(caption, [left, gap + height + gap / 2], capHeight, ink);
    left += columns[i]! + gap;
  });
  if (legend) drawLegend(canvas, legend, gap, 1.5 * gap + height + captionHeight, innerWidth, capHeight);
  return canvas.toImage();
}

/**
 * Panels in rows of `columns`, each brought to a square of `side` px with its caption beneath, and a legend below them all.
 * @throws {ShapeError} when there is no panel
 */
export function composeGrid(panels: readonly Panel[], columns: number, legend?: Legend, side = 240): RawImage {
  if (panels.length === 0) throw new ShapeError('composeGrid', 'panels: expected at least one, got none');
  const across = Math.min(columns, panels.length);
  const capHeight = Math.max(8, side / 22);
  const gap = 2 * Math.round(capHeight * 0.75);
  const lineHeight = Math.round(textHeight(capHeight)) + gap;
  const cell = Math.ceil(Math.max(side, ...panels.map(({ caption }) => textWidth(caption, capHeight))));
  const legendHeight = legend ? Math.round(3 * textHeight(capHeight) + capHeight) + gap : 0;
  const innerWidth = Math.max(
    across * (cell + gap) - gap,
    legend
      ? Math.ceil(
          Math.max(
            textWidth(legend.title, capHeight),
            textWidth(legend.lowLabel, capHeight) + textWidth(legend.highLabel, capHeight) + gap,
          ),
        )
      : 0,
  );
  const rows = Math.ceil(panels.length / across);
  const rowHeight = side + gap / 2 + lineHeight;
  const canvas = Canvas.blank(innerWidth + 2 * gap, gap + rows * rowHeight + (legend ? legendHeight + gap : 0), paper);
  panels.forEach(({ image, caption }, i) => {
    const [left, top] = [gap + (i % across) * (cell + gap), gap + Math.floor(i / across) * rowHeight];
    const scale = side / Math.max(image.width, image.height);
    const size = { width: Math.round(image.width * scale), height: Math.round(image.height * scale) };
    canvas.paste(resize(image, size), left, top);
    canvas.text(caption, [left, top + side + gap / 2], capHeight, ink);
  });
  if (legend) drawLegend(canvas, legend, gap, 1.5 * gap + rows * rowHeight, innerWidth, capHeight);
  return canvas.toImage();
}

/** The title, the colour bar beneath it, and the labels of its ends. */
function drawLegend(canvas: Canvas, legend: Legend, left: number, top: number, width: number, capHeight: number): void {
  const [low, high] = legend.colorMap.range;
  canvas.text(legend.title, [left, top], capHeight, ink);
  const barTop = Math.round(top + textHeight(capHeight) + capHeight / 2);
  for (let x = 0; x < width; x++) {
    const color = colorOf(low + ((x + 0.5) / width) * (high - low), legend.colorMap);
    canvas.fillRectangle({ x: left + x, y: barTop, width: 1, height: Math.round(capHeight) }, color);
  }
  const labelTop = barTop + 1.6 * capHeight;
  canvas.text(legend.lowLabel, [left, labelTop], capHeight, ink);
  canvas.text(legend.highLabel, [left + width - textWidth(legend.highLabel, capHeight), labelTop], capHeight, ink);
}
