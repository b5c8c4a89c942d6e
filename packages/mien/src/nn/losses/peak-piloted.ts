/** Peak-piloted loss with peak gradient suppression (PPDN). */
import type { GraphBuilder, Value } from '../../onnx/index.ts';
import { perSample, requireSameShape, square } from './terms.ts';

/**
 * Draws features of a weak expression to those of the peak expression of the same subject, and not the other way.
 *   L = 1/N Σᵢ ‖f(xᵢ non-peak) − f(xᵢ peak)‖²,  f(xᵢ peak) constant: peak gradient suppression
 * Source: Zhao et al. 2016 (Li & Deng 2020, reference 171); added, with a weight, to the cross-entropies of both
 * images, for each chosen layer.
 * @param peak float32 [N,…]   @param nonPeak float32 [N,…]   @returns float32 []
 * @throws {ShapeError} when the shapes differ
 */
export function peakPilotedLoss(b: GraphBuilder, peak: Value, nonPeak: Value): Value {
  requireSameShape('peakPilotedLoss', ['peak', peak], ['nonPeak', nonPeak]);
  return perSample(b, square(b, b.op('Sub', [nonPeak, b.stopGradient(peak)])), 'peakPilotedLoss');
}
