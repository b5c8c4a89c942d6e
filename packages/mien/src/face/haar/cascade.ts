/**
 * A cascade of boosted classifiers on Haar-like features (Viola & Jones 2001; Lienhart & Maydt 2002), as OpenCV's cascade
 * files hold it.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { InputError } from '../../errors.ts';

/** Weighted sums over rectangles of the window; `tilted` ones stand on a corner, turned by 45°. */
export interface HaarFeature {
  /** x, y, width, height, weight of each of 2 or 3 rectangles. */
  readonly rectangles: readonly (readonly [x: number, y: number, width: number, height: number, weight: number])[];
  readonly tilted: boolean;
}

/**
 * A tree of thresholds. From node n, a feature below `threshold[n]` leads to `left[n]`, another to `right[n]`: a node
 * where that is above 0, else the leaf of its opposite.
 */
export interface WeakClassifier {
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Index among the cascade's features. */
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly leaves: readonly number[];
}

/** A window passes when the sum of its weak classifiers reaches the threshold. */
export interface CascadeStage {
  readonly threshold: number;
  readonly classifiers: readonly WeakClassifier[];
}

export interface Cascade {
  /** Of the window that features are stated in, px. */
  readonly width: number;
  readonly height: number;
  readonly stages: readonly CascadeStage[];
  readonly features: readonly HaarFeature[];
}

/** Values of an element by name; `_` is a list of elements without a name. */
interface Element {
  readonly [name: string]: Element | string | readonly (Element | string)[] | undefined;
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  isArray: (name) => name === '_',
});

/**
 * @param text an OpenCV cascade file with features of the kind HAAR
 * @param label names it in errors
 * @throws {InputError} when it is not one, is damaged, or is of OpenCV's form before version 2.4, which
 *   `opencv_traincascade` no longer writes
 */
export function parseCascade(text: string, label: string): Cascade {
  const checked = XMLValidator.validate(text);
  if (checked !== true)
    throw new InputError(`${label}:${checked.err.line}`, `is not well-formed XML: ${checked.err.msg}`);
  const storage = elementOf((parser.parse(text) as Element)['opencv_storage']);
  const cascade = elementOf(storage?.['cascade']);
  if (!cascade) {
    const isOld = Object.values(storage ?? {}).some(
      (value) =>
        elementOf(value)?.['@type_id'] === 'opencv-haar-classifier' || elementOf(value)?.['size'] !== undefined,
    );
    throw new InputError(
      label,
      isOld
        ? 'is a cascade of the form before OpenCV 2.4, which is not read'
        : 'is not a cascade of OpenCV: it has no element <cascade>',
    );
  }
  const kind = textOf(cascade['featureType']);
  if (kind !== 'HAAR') throw new InputError(label, `is a cascade of features ${kind || 'of no kind'}, expected HAAR`);
  const [width, height] = [numberOf(cascade['width'], label, 'width'), numberOf(cascade['height'], label, 'height')];
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 2 && height > 2))
    throw new InputError(label, `expected a window of more than 2×2 pixels, got ${width}×${height}`);
  const features = listOf(cascade['features']).map((one, i) => featureOf(one, label, i, width, height));
  const stages = listOf(cascade['stages']).map((one, i) => stageOf(one, label, i, features.length));
  if (stages.length === 0 || features.length === 0)
    throw new InputError(label, `expected stages and features, got ${stages.length} and ${features.length}`);
  return { width, height, stages, features };
}

const elementOf = (value: Element[string]): Element | undefined =>
  typeof value === 'object' && !Array.isArray(value) ? (value as Element) : undefined;

const textOf = (value: Element[string]): string => (typeof value === 'string' ? value.trim() : '');

/** The unnamed elements of a list. */
function listOf(value: Element[string]): readonly (Element | string)[] {
  const items = elementOf(value)?.['_'];
  return Array.isArray(items) ? (items as readonly (Element | string)[]) : [];
}

function numbersOf(value: Element[string], label: string, name: string): number[] {
  const numbers = textOf(value)
    .split(/\s+/)
    .filter((part) => part !== '')
    .map(Number);
  if (numbers.length === 0 || numbers.some((number) => !Number.isFinite(number)))
    throw new InputError(label, `${name}: expected numbers, got "${textOf(value).slice(0, 40)}"`);
  return numbers;
}

const numberOf = (value: Element[string], label: string, name: string): number => numbersOf(value, label, name)[0]!;

function featureOf(one: Element | string, label: string, index: number, width: number, height: number): HaarFeature {
  const name = `feature ${index}`;
  const fields = typeof one === 'string' ? undefined : one;
  const tilted = textOf(fields?.['tilted']) === '1';
  const rectangles = listOf(fields?.['rects']).map((text) => {
    const numbers = numbersOf(text, label, name);
    const [x, y, w, h] = numbers as [number, number, number, number];
    // A tilted rectangle's corners go down from (x, y): left by its height, right by its width
    const fits = tilted ? x - h >= 0 && x + w <= width && y + w + h <= height : x + w <= width && y + h <= height;
    if (numbers.length !== 5 || !numbers.slice(0, 4).every((v) => Number.isInteger(v) && v >= 0) || !fits)
      throw new InputError(
        label,
        `${name}: expected a rectangle within ${width}×${height}, got "${numbers.join(' ')}"`,
      );
    return numbers as [number, number, number, number, number];
  });
  if (rectangles.length < 2 || rectangles.length > 3)
    throw new InputError(label, `${name}: expected 2 or 3 rectangles, got ${rectangles.length}`);
  return { rectangles, tilted };
}

/** OpenCV lowers the thresholds of stages by this, so that sums that equal them pass. */
const THRESHOLD_EPSILON = 1e-5;

function stageOf(one: Element | string, label: string, index: number, features: number): CascadeStage {
  const fields = typeof one === 'string' ? undefined : one;
  const name = `stage ${index}`;
  const classifiers = listOf(fields?.['weakClassifiers']).map((weak, i) =>
    weakOf(weak, label, `${name}, classifier ${i}`, features),
  );
  if (classifiers.length === 0) throw new InputError(label, `${name}: has no classifiers`);
  const threshold = Math.fround(numberOf(fields?.['stageThreshold'], label, `${name}, threshold`) - THRESHOLD_EPSILON);
  return { threshold, classifiers };
}

function weakOf(one: Element | string, label: string, name: string, features: number): WeakClassifier {
  const fields = typeof one === 'string' ? undefined : one;
  const nodes = numbersOf(fields?.['internalNodes'], label, `${name}, nodes`);
  const leaves = numbersOf(fields?.['leafValues'], label, `${name}, leaves`).map(Math.fround);
  if (nodes.length % 4 !== 0)
    throw new InputError(label, `${name}: expected four numbers a node, got ${nodes.length} in all`);
  const count = nodes.length / 4;
  const field = (k: number): number[] => Array.from({ length: count }, (_, n) => nodes[4 * n + k]!);
  const [left, right, feature] = [field(0), field(1), field(2)];
  // Nodes come after the one that leads to them, so that no path goes round
  const isTree = [...left, ...right].every((next, i) =>
    next > 0
      ? Number.isInteger(next) && next < count && next > i % count
      : Number.isInteger(next) && -next < leaves.length,
  );
  if (!isTree || !feature.every((f) => Number.isInteger(f) && f >= 0 && f < features))
    throw new InputError(label, `${name}: its nodes lead to nodes, leaves or features that are not there`);
  return { left, right, feature, threshold: field(3).map(Math.fround), leaves };
}
