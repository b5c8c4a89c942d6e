/** An audit as one self-contained HTML page, with pictures of copies. */
import { HASH_BITS, resize, fitWithin, type RawImage } from '../../image/index.ts';
import { encodeImage } from '../../image/node.ts';
import { escapeHtml, figuresTable, page } from '../../report/index.ts';
import type { DataAudit } from './audit.ts';
import { copiesTable, splitsTable } from './describe.ts';
import type { AuditSource } from './source.ts';
import type { CopyGroup } from './summary.ts';

/** Pictures of a group that are shown. */
const SHOWN = 8;
/** Longer side of a picture, px. */
const SIDE = 112;

/** @returns the text of an HTML file   @throws {InputError} when an image of a group can no longer be read */
export async function renderAudit(audit: DataAudit, source: AuditSource): Promise<string> {
  const groups: string[] = [];
  for (const group of audit.examples) groups.push(await renderGroup(group, source));
  const { dataset, images, unreadable, threshold, nearPairs, conflictingPairs, near } = audit;
  return page(
    `Copies in ${dataset}`,
    `<p class="where">${images} images${unreadable > 0 ? `; ${unreadable} more could not be read` : ''}</p>
${figuresTable(copiesTable(audit))}
<p class="note">Near-identical: the perceptual hashes differ in at most ${threshold} of ${HASH_BITS} bits, as do copies of a picture that were scaled, compressed, brightened, marked or cut a little differently. Joined to groups: where a is like b and b like c, all three are one. ${nearPairs} pairs of different images are near-identical, ${conflictingPairs} of them with different labels.</p>
<h2>By split</h2>
${figuresTable({ ...splitsTable(audit), named: 1 })}
<h2>${near.conflicting > 0 ? 'Groups, those with different labels first' : 'Groups'}</h2>
<p class="note">${audit.examples.length} of ${near.groups}, at most ${SHOWN} pictures of each.</p>
${groups.join('\n')}`,
  );
}

async function renderGroup(
  { images, places, identical, conflicting }: CopyGroup,
  source: AuditSource,
): Promise<string> {
  const cells: string[] = [];
  for (const [k, place] of places.slice(0, SHOWN).entries()) {
    const { id, split, label } = images[k]!;
    cells.push(
      `<figure><img src="${await pictureOf(await source.read(place))}" alt="${escapeHtml(id)}"><figcaption><strong>${escapeHtml(label ?? 'no label')}</strong><br>${escapeHtml(split)}<br><span class="id">${escapeHtml(id)}</span></figcaption></figure>`,
    );
  }
  const kind = `${places.length} images, ${identical ? 'identical' : 'near-identical'}${conflicting ? ', <strong>with different labels</strong>' : ''}`;
  return `<h3>${kind}</h3><div class="pictures small">${cells.join('')}</div>`;
}

async function pictureOf(image: RawImage): Promise<string> {
  const small = Math.max(image.width, image.height) > SIDE ? resize(image, fitWithin(image, SIDE)) : image;
  const bytes = await encodeImage(small, 'png');
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}
