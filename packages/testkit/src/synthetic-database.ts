/**
 * A database of drawn faces held in memory: people who show expressions in sequences of frames, for tests of protocols.
 */
import type { Database, DatabaseDefinition, FaceRecord } from 'mienjs/data/databases';
import { rawImage, type RawImage } from 'mienjs/image';

export interface SyntheticOptions {
  readonly name?: string;
  readonly people?: number;
  /** Sequences of each person, one for each class in turn. */
  readonly sequences?: number;
  readonly frames?: number;
  readonly classes?: readonly string[];
  /** px */
  readonly side?: number;
}

/**
 * All sequences labelled but each person's last; `S007/002/3.png` is frame 3 of a sequence; ids stand in their order.
 */
export function syntheticDatabase({
  name = 'synthetic',
  people = 23,
  sequences = 4,
  frames = 5,
  classes = ['happiness', 'surprise', 'sadness'],
  side = 24,
}: SyntheticOptions = {}): Database {
  const records: FaceRecord[] = [];
  for (let p = 0; p < people; p++) {
    const subject = `S${String(p).padStart(3, '0')}`;
    for (let s = 0; s < sequences; s++) {
      const sequence = `${subject}/${String(s).padStart(3, '0')}`;
      const c = (p + s) % classes.length;
      const isLabelled = s < sequences - 1;
      for (let frame = 0; frame < frames; frame++) {
        records.push({
          id: `${sequence}/${frame}.png`,
          image: { read: () => Promise.resolve(drawStripes(c, frame / (frames - 1), p * 31 + s, side)) },
          ...(isLabelled ? { label: classes[c]! } : {}),
          subject,
          sequence,
          frame,
          split: p % 4 === 0 ? 'test' : 'train',
          attributes: { camera: s % 2 === 0 ? 'left' : 'right' },
        });
      }
    }
  }
  return { name, root: '/synthetic', classes, records };
}

/** Stripes whose width tells the class (0 … 7) and whose contrast grows with the intensity; a neutral face is flat. */
export function drawStripes(classIndex: number, intensity: number, seed: number, side: number): RawImage {
  const data = Uint8Array.from({ length: side * side }, (_, i) => {
    const y = Math.floor(i / side);
    return Math.round(
      128 + 100 * intensity * Math.sin((y * (classIndex + 1) * Math.PI) / 8 + seed) + ((i * 31 + seed * 17) % 16),
    );
  });
  return rawImage(side, side, 1, data);
}

/** The database as a definition, whatever the folder holds. */
export function syntheticDefinition(options: SyntheticOptions = {}): DatabaseDefinition {
  const { name, classes } = syntheticDatabase({ ...options, people: 1 });
  return {
    name,
    classes,
    title: 'Drawn faces',
    summary: 'stripes',
    layout: 'any folder',
    licence: 'none is needed',
    access: 'nobody',
    citation: 'nothing',
    published: { source: 'this test' },
    index: (root) => Promise.resolve({ ...syntheticDatabase(options), root }),
  };
}
