/**
 * How often each action unit occurs with each expression, and where two databases differ: Li & Deng 2019, section III-B
 * and table III.
 *
 * Shape legend: K classes, U units.
 */
import type { CodedFaces } from '../data/node.ts';
import type { Table } from '../report/index.ts';

/** Li & Deng 2019 leaves out cells below this share. */
export const SHOWN_FROM = 0.1;
/** Li & Deng's (2019) asterisk: "at least 40% disparity", read as percentage points. */
export const DISPARITY = 0.4;

export interface UnitOccurrence {
  readonly name: string;
  /** [K] those with a coded face. */
  readonly classes: readonly string[];
  /** [U] every unit that a face shows, ascending. */
  readonly units: readonly number[];
  /** [K] coded faces. */
  readonly faces: readonly number[];
  /** [K][U] faces of the class that show the unit. */
  readonly counts: readonly (readonly number[])[];
}

/** P(unit | class) as counts. Every coded face weighs the same. */
export function actionUnitOccurrence({ name, classes, faces }: CodedFaces): UnitOccurrence {
  const present = classes.filter((label) => faces.some((face) => face.label === label));
  const units = [...new Set(faces.flatMap((face) => [...face.units]))].sort((a, b) => a - b);
  const byClass = present.map((label) => faces.filter((face) => face.label === label));
  return {
    name,
    classes: present,
    units,
    faces: byClass.map((members) => members.length),
    counts: byClass.map((members) => units.map((unit) => members.filter((face) => face.units.has(unit)).length)),
  };
}

/** A unit's share among a class's faces; 0 for a unit that never occurs, NaN for a class without faces. */
export function unitShare({ classes, units, faces, counts }: UnitOccurrence, label: string, unit: number): number {
  const k = classes.indexOf(label);
  if (k < 0) return NaN;
  const u = units.indexOf(unit);
  return u < 0 ? 0 : counts[k]![u]! / faces[k]!;
}

export interface UnitDifference {
  readonly label: string;
  readonly unit: number;
  readonly share: number;
  readonly reference: number;
}

/**
 * Li & Deng's (2019) asterisks: cells with |P(unit | class) − P_ref(unit | class)| ≥ 40 points, for the classes that
 * both have. Units that occur in the reference alone are among them; table III, which leaves out cells below 10 %,
 * cannot show these.
 */
export function differingUnits(occurrence: UnitOccurrence, reference: UnitOccurrence): UnitDifference[] {
  const units = [...new Set([...occurrence.units, ...reference.units])].sort((a, b) => a - b);
  return occurrence.classes
    .filter((label) => reference.classes.includes(label))
    .flatMap((label) =>
      units.flatMap((unit) => {
        const [share, other] = [unitShare(occurrence, label, unit), unitShare(reference, label, unit)];
        // Shares are fractions: 0.5 − 0.1 must count as 0.4
        return Math.abs(share - other) >= DISPARITY - 1e-9 ? [{ label, unit, share, reference: other }] : [];
      }),
    );
}

/**
 * Table III: rows are classes, columns the units that reach 10 % in one of them, cells percentages. Cells below 10 %
 * are empty, those that differ from the reference have an asterisk.
 */
export function actionUnitTable(occurrence: UnitOccurrence, reference?: UnitOccurrence): Table {
  const { name, classes, units, faces } = occurrence;
  const shown = units.filter((unit) => classes.some((label) => unitShare(occurrence, label, unit) >= SHOWN_FROM));
  const differing = reference ? differingUnits(occurrence, reference) : [];
  const unmatched = reference ? classes.filter((label) => !reference.classes.includes(label)) : [];
  return {
    columns: ['%', 'faces', ...shown.map((unit) => `AU${unit}`)],
    rows: classes.map((label, k) => [
      label,
      String(faces[k]),
      ...shown.map((unit) => {
        const share = unitShare(occurrence, label, unit);
        const mark = differing.some((d) => d.label === label && d.unit === unit) ? '*' : '';
        return share >= SHOWN_FROM ? `${Math.round(100 * share)}${mark}` : '';
      }),
    ]),
    caption: `Action units by expression in ${name}`,
    notes: [
      'Empty cells are below 10 %.',
      ...(reference ? [`An asterisk marks a share at least 40 points from that in ${reference.name}.`] : []),
      ...(unmatched.length ? [`${reference!.name} has no coded face of ${unmatched.join(', ')}.`] : []),
    ],
  };
}

/** The same for JSON: shares of all units, and which cells differ. */
export function actionUnitDocument(occurrence: UnitOccurrence, reference?: UnitOccurrence): object {
  const shares = (o: UnitOccurrence): object =>
    Object.fromEntries(
      o.classes.map((label, k) => [
        label,
        {
          faces: o.faces[k],
          units: Object.fromEntries(o.units.map((unit) => [unit, unitShare(o, label, unit)])),
        },
      ]),
    );
  return {
    name: occurrence.name,
    classes: shares(occurrence),
    ...(reference
      ? {
          against: { name: reference.name, classes: shares(reference) },
          differing: differingUnits(occurrence, reference),
        }
      : {}),
  };
}
