/** An audit as text. */
import { percentCell, renderTable, type Table } from '../../report/index.ts';
import { HASH_BITS } from '../../image/index.ts';
import type { DataAudit } from './audit.ts';
import type { CopyFigures } from './summary.ts';

/** Copies of both kinds, one a row. */
export function copiesTable({
  identical,
  near,
  threshold,
}: Pick<DataAudit, 'identical' | 'near' | 'threshold'>): Table {
  const row = (
    name: string,
    { groups, images, copies, acrossSplits, conflicting, conflictingImages }: CopyFigures,
  ): string[] => [name, ...[groups, images, copies, acrossSplits, conflicting, conflictingImages].map(String)];
  return {
    columns: [
      'copies',
      'groups',
      'images',
      'without the first',
      'groups across splits',
      'groups with different labels',
      'images in them',
    ],
    rows: [
      row('identical pixels', identical),
      row(`identical or near-identical (at most ${threshold} of ${HASH_BITS} bits)`, near),
    ],
  };
}

/** How many images of each split meet a copy in each split. */
export function splitsTable({ splits }: Pick<DataAudit, 'splits'>): Table {
  const rows = splits.flatMap(({ split, images, identical, near }) =>
    Object.keys(identical).map((other) => {
      const share = (count: number): string => `${count} (${percentCell(count / images)} %)`;
      return [
        split,
        String(images),
        other === split ? 'the same split' : other,
        share(identical[other]!),
        share(near[other]!),
      ];
    }),
  );
  return { columns: ['images of', 'images', 'with a copy in', 'identical', 'identical or near'], rows };
}

export function describeAudit(audit: DataAudit): string {
  const { dataset, images, unreadable, nearPairs, conflictingPairs } = audit;
  return [
    `${dataset}: ${images} images${unreadable > 0 ? `, ${unreadable} more cannot be read` : ''}`,
    renderTable(copiesTable(audit), 'text'),
    renderTable(
      {
        ...splitsTable(audit),
        notes: [
          `${nearPairs} pairs of different images are near-identical, ${conflictingPairs} of them with different labels`,
        ],
      },
      'text',
    ),
  ].join('\n');
}
