/** What records tell of their faces, as targets: labels, and whatever else some of them have. N records, K classes. */
import type { FaceRecord } from './databases/index.ts';
import { LABEL, MESH, type Labelling, type SampleTarget, type TargetDescription, type ValueTable } from './samples.ts';

/** Class orders by the labelling's name, besides the data's own labels. */
export type FurtherLabellings = Readonly<Record<string, readonly string[]>>;

/** Names of the targets that records may have besides labellings. */
export const AFFECT = 'affect';
export const ACTION_UNITS = 'actionUnits';
export const UNIT_INTENSITIES = 'unitIntensities';
export const INTENSITY = 'intensity';

/** A target of numbers: which names it has, and what a record says of one (undefined: nothing). */
interface ValueSource {
  readonly name: string;
  readonly kind: ValueTable['kind'];
  names(records: readonly FaceRecord[]): string[];
  read(record: FaceRecord, name: string): number | undefined;
}

/** Numbers of the mesh's 468 vertices: their names are their places. */
export const MESH_NAMES: string[] = Array.from({ length: 3 * 468 }, (_, i) => String(i));

const unitOf = (name: string): number => Number(name.slice(2));
export const unitName = (unit: number): string => `AU${String(unit).padStart(2, '0')}`;

/** Units that some record has or was coded for. */
const unitsOf = (records: readonly FaceRecord[], has: (record: FaceRecord) => readonly number[]): string[] =>
  [...new Set(records.flatMap(has))].sort((a, b) => a - b).map(unitName);

const SOURCES: readonly ValueSource[] = [
  {
    name: AFFECT,
    kind: 'regression',
    names: (records) =>
      (['valence', 'arousal'] as const).filter((name) => records.some((record) => record[name] !== undefined)),
    read: (record, name) => record[name as 'valence' | 'arousal'],
  },
  {
    // A unit that a coder looked for and did not find is absent; of faces that nobody coded nothing is known
    name: ACTION_UNITS,
    kind: 'multilabel',
    names: (records) =>
      unitsOf(records, ({ actionUnits = [], codedUnits = [] }) => [
        ...actionUnits.map(({ unit }) => unit),
        ...codedUnits,
      ]),
    read({ actionUnits, codedUnits }, name) {
      const unit = unitOf(name);
      if (!actionUnits || (codedUnits && !codedUnits.includes(unit))) return undefined;
      return Number(actionUnits.some((found) => found.unit === unit));
    },
  },
  {
    name: UNIT_INTENSITIES,
    kind: 'regression',
    names: (records) =>
      unitsOf(records, ({ actionUnits = [] }) =>
        actionUnits.flatMap(({ unit, intensity }) => (intensity === undefined ? [] : [unit])),
      ),
    read({ actionUnits, codedUnits }, name) {
      const unit = unitOf(name);
      const found = actionUnits?.find((other) => other.unit === unit);
      if (found) return found.intensity;
      return actionUnits && (!codedUnits || codedUnits.includes(unit)) ? 0 : undefined;
    },
  },
  {
    name: INTENSITY,
    kind: 'regression',
    names: (records) => (records.some((record) => intensityOf(record) !== undefined) ? [INTENSITY] : []),
    read: (record) => intensityOf(record),
  },
  {
    name: MESH,
    kind: 'regression',
    names: (records) => (records.some(({ mesh }) => mesh) ? MESH_NAMES : []),
    read: ({ mesh }, name) => mesh?.[Number(name)],
  },
];

/** How strong the expression is, where the data tell it as a number. */
export function intensityOf({ attributes }: FaceRecord): number | undefined {
  const value = attributes?.['intensity'];
  return typeof value === 'number' ? value : undefined;
}

/** Whether a record tells nothing that could be learned or measured. */
export const isBare = ({
  label,
  labelDistribution,
  actionUnits,
  valence,
  arousal,
  mesh,
}: Pick<FaceRecord, 'label' | 'labelDistribution' | 'actionUnits' | 'valence' | 'arousal' | 'mesh'>): boolean =>
  label === undefined && !labelDistribution && !actionUnits && valence === undefined && arousal === undefined && !mesh;

/** What targets the records have besides their own labels. */
export function describeTargets(
  records: readonly FaceRecord[],
  labellings: FurtherLabellings = {},
): Record<string, TargetDescription> {
  const described: Record<string, TargetDescription> = {};
  for (const [name, classes] of Object.entries(labellings)) described[name] = { kind: 'classes', classes };
  for (const { name, kind, names } of SOURCES) {
    const found = names(records);
    if (found.length > 0) described[name] = { kind, names: found };
  }
  return described;
}

/** The targets of records, by what all records of the data were described to have. */
export function targetsOf(
  records: readonly FaceRecord[],
  classes: readonly string[],
  further: Readonly<Record<string, TargetDescription>>,
): Record<string, SampleTarget> {
  const labels = labelsOf(
    records.map(({ label }) => label),
    classes,
  );
  const own: Labelling = {
    classes,
    labels,
    ...(records.some(({ labelDistribution }) => labelDistribution)
      ? { labelDistribution: distributionRows(records, labels, classes) }
      : {}),
  };
  const targets: Record<string, SampleTarget> = { [LABEL]: own };
  for (const [name, description] of Object.entries(further)) {
    targets[name] =
      description.kind === 'classes'
        ? {
            classes: description.classes,
            labels: labelsOf(
              records.map(({ alternatives }) => alternatives?.[name]),
              description.classes,
            ),
          }
        : valuesOf(
            records,
            SOURCES.find((source) => source.name === name)!,
            description.names,
          );
  }
  return targets;
}

function valuesOf(records: readonly FaceRecord[], { kind, read }: ValueSource, names: readonly string[]): ValueTable {
  const values = new Float32Array(records.length * names.length);
  records.forEach((record, i) =>
    names.forEach((name, l) => {
      values[i * names.length + l] = read(record, name) ?? NaN;
    }),
  );
  return { kind, names, values };
}

/** [N] index into `classes`; −1 = none, or another class. */
const labelsOf = (labels: readonly (string | undefined)[], classes: readonly string[]): Int32Array =>
  Int32Array.from(labels, (label) => (label === undefined ? -1 : classes.indexOf(label)));

/** Sums that are this close to what they should be come from rounding alone, and dividing by them would round again. */
const ROUNDING = 1e-6;

/**
 * [N,K] rows that sum to 1, or to the record's weight in training: of the weights of `classes` alone; of the label
 * where there are none; all 0 where there is neither.
 */
function distributionRows(
  records: readonly FaceRecord[],
  labels: Int32Array,
  classes: readonly string[],
): Float32Array {
  const K = classes.length;
  const rows = new Float32Array(records.length * K);
  records.forEach(({ labelDistribution, trainingWeight = 1 }, i) => {
    const weights = classes.map((name) => labelDistribution?.[name] ?? 0);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    const total = Math.abs(sum - trainingWeight) < ROUNDING ? 1 : sum / trainingWeight;
    if (sum > 0)
      weights.forEach((weight, k) => {
        rows[i * K + k] = weight / total;
      });
    else if (labels[i]! >= 0) rows[i * K + labels[i]!] = 1;
  });
  return rows;
}
