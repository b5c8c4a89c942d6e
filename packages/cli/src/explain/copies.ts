/** The picture of `mien explain --copies`: a face with windows covered one after another, each with what is then decided. */
import { Canvas, composeGrid, type Panel, type RawImage } from 'mienjs/image';
import type { OccludedCopies } from 'mienjs/predict';

const CHANGED = [214, 48, 49] as const;
const KEPT = [90, 103, 117] as const;

/**
 * @param face the framed face, in as many pixels as are worth showing   @param scale pixels of it for one that the network
 *   sees   @param fill what covers, 0 to 255
 */
export function copiesFigure(
  face: RawImage,
  { window, copies, expression }: OccludedCopies,
  scale: number,
  fill: number,
): RawImage {
  const panels = copies.map((copy): Panel => {
    const canvas = new Canvas(face);
    const side = window * scale;
    const box = { x: copy.left * scale, y: copy.top * scale, width: side, height: side };
    canvas.fillRectangle(box, [fill, fill, fill]);
    const color = copy.expression === expression ? KEPT : CHANGED;
    const line = Math.max(2, Math.round(face.width / 60));
    for (const edge of [
      { x: 0, y: 0, width: face.width, height: line },
      { x: 0, y: face.height - line, width: face.width, height: line },
      { x: 0, y: 0, width: line, height: face.height },
      { x: face.width - line, y: 0, width: line, height: face.height },
    ])
      canvas.fillRectangle(edge, color);
    return { image: canvas.toImage(), caption: `${copy.expression} ${Math.round(100 * copy.probability)}%` };
  });
  return composeGrid(panels, Math.round(Math.sqrt(copies.length)));
}
