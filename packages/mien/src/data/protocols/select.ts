/**
 * The records of a database that a protocol uses: of the right attributes, labelled, the frames that it selects, of its
 * classes. What is left out is counted.
 */
import { InputError } from '../../errors.ts';
import type { Database, FaceRecord } from '../databases/index.ts';
import { compareCodeUnits } from '../../files/index.ts';
import { asNeutral, expressionPlaces } from './frames.ts';
import type { FrameSelection, Protocol } from './protocol.ts';

/** Images that a protocol does not use, by the first reason that holds. */
export interface LeftOut {
  /** Other values of the attributes that the protocol asks for. */
  readonly otherAttributes: number;
  readonly unlabelled: number;
  /** Frames that the protocol does not select. */
  readonly otherFrames: number;
  readonly otherClasses: number;
}

export interface SelectedRecords {
  /** In code-unit order of their ids, so that nothing depends on the order of the database. */
  readonly records: readonly FaceRecord[];
  readonly leftOut: LeftOut;
}

/** The class order of a protocol on these databases. @throws {InputError} when none of them is at hand */
export function protocolClasses({ id, classes, databases }: Protocol, given: readonly Database[]): readonly string[] {
  if (classes !== 'own') return classes;
  const database = given.find(({ name }) => databases.includes(name));
  if (!database) throw new InputError(id, `needs the database ${databases[0]}`);
  return database.classes;
}

/**
 * @throws {InputError} when no record has an attribute that the protocol asks for
 */
export function selectRecords(
  database: Database,
  protocol: Protocol,
  frames: FrameSelection = protocol.frames,
): SelectedRecords {
  const classes: ReadonlySet<string> = new Set(protocolClasses(protocol, [database]));
  const sorted = [...database.records].sort(byId);
  const asked = withAttributes(sorted, database.name, protocol);
  const labelled = asked.filter(isLabelled);
  const selected = selectFrames(labelled, frames);
  const records = selected.filter((record) => isOfClasses(record, classes));
  return {
    records,
    leftOut: {
      otherAttributes: sorted.length - asked.length,
      unlabelled: asked.length - labelled.length,
      otherFrames: labelled.length - selected.length,
      otherClasses: selected.length - records.length,
    },
  };
}

const byId = (a: FaceRecord, b: FaceRecord): number => compareCodeUnits(a.id, b.id);

function withAttributes(
  records: readonly FaceRecord[],
  database: string,
  { id, where }: Protocol,
): readonly FaceRecord[] {
  const wanted = Object.entries(where?.[database] ?? {});
  for (const [name] of wanted) {
    if (!records.some(({ attributes }) => attributes?.[name] !== undefined))
      throw new InputError(id, `asks for the attribute "${name}", which no image of this copy of ${database} has`);
  }
  return records.filter(({ attributes }) =>
    wanted.every(([name, values]) => attributes?.[name] !== undefined && values.includes(attributes[name])),
  );
}

/** A distribution without a label (no majority of votes) can be learned from, though not tested on. */
const isLabelled = ({ label, labelDistribution }: FaceRecord): boolean =>
  label !== undefined || labelDistribution !== undefined;

function isOfClasses({ label, labelDistribution }: FaceRecord, classes: ReadonlySet<string>): boolean {
  if (label !== undefined) return classes.has(label);
  return Object.entries(labelDistribution!).some(([name, weight]) => weight > 0 && classes.has(name));
}

/** Stills, and the selected frames of each sequence. @param records sorted by id */
export function selectFrames(records: readonly FaceRecord[], frames: FrameSelection): FaceRecord[] {
  const sequences = new Map<string, FaceRecord[]>();
  for (const record of records) {
    if (record.sequence === undefined) continue;
    const members = sequences.get(record.sequence) ?? [];
    members.push(record);
    sequences.set(record.sequence, members);
  }
  const chosen = records.filter(({ sequence }) => sequence === undefined);
  for (const members of sequences.values()) {
    members.sort((a, b) => a.frame! - b.frame!);
    if (frames.firstIsNeutral) chosen.push(asNeutral(members[0]!));
    chosen.push(...expressionPlaces(frames, members.length).map((place) => members[place]!));
  }
  return chosen.sort(byId);
}
