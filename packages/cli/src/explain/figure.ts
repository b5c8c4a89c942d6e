/** The picture of an explanation: the face, what the network sees of it, and the map laid over the face. */
import type { RawImage } from 'mienjs';
import type { FaceExplanation } from 'mienjs/predict';
import { composeFigure, divergingMap, overlayHeatmap, sequentialMap, type Legend } from 'mienjs/image';
import type { OcclusionMethod } from 'mienjs/explain';

/**
 * @param face the framed face, in as many pixels as are worth showing   @param seen what the network sees of it
 */
export function explanationFigure(
  face: RawImage,
  seen: RawImage,
  explanation: FaceExplanation,
  method: OcclusionMethod,
): RawImage {
  const { width, height, maps, expression, probability } = explanation;
  const legend = legendOf(maps[method], expression, method);
  const overlay = overlayHeatmap(face, { width, height, values: maps[method] }, legend.colorMap);
  return composeFigure(
    [
      { image: face, caption: `${expression} ${Math.round(100 * probability)}%` },
      { image: seen, caption: `as the network sees it: ${seen.width}x${seen.height}` },
      { image: overlay, caption: `effect of covering (${method})` },
    ],
    legend,
  );
}

function legendOf(values: ArrayLike<number>, expression: string, method: OcclusionMethod): Legend {
  if (method === 'flip') {
    return {
      colorMap: sequentialMap,
      title: `share of the covering windows that make it another than ${expression}`,
      lowLabel: '0',
      highLabel: '1',
    };
  }
  // the largest size of a drop, at least 0.01 so that rounding noise is not blown up
  const range = Array.from(values).reduce((most, v) => (Math.abs(v) > most ? Math.abs(v) : most), 0.01);
  return {
    colorMap: { ...divergingMap, range: [-range, range] },
    title: `change in the probability of ${expression} when covered`,
    lowLabel: `+${range.toFixed(2)}: speaks against it`,
    highLabel: `-${range.toFixed(2)}: speaks for it`,
  };
}
