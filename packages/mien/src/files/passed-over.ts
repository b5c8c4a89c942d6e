/** What a walk through folders does not take, counted by reason, so that nobody loses images without a word. */
import { extname } from 'node:path';
import { excerpt } from '../printable.ts';

/** Why a file or folder was passed over, with the words for one and for several. */
const REASONS = {
  unreadable: ['folder that cannot be read', 'folders that cannot be read'],
  picture: ['picture in a format that is not read', 'pictures in formats that are not read'],
  other: ['file of another kind', 'files of other kinds'],
  nested: ['folder in a folder', 'folders in folders'],
  broken: ['link to nothing', 'links to nothing'],
  repeated: ['link to what is there already', 'links to what is there already'],
  special: ['pipe, socket or device', 'pipes, sockets or devices'],
  output: ['file or folder that this command writes', 'files or folders that this command writes'],
  system: ['hidden or system file', 'hidden or system files'],
} as const satisfies Record<string, readonly [string, string]>;
export type PassedOverReason = keyof typeof REASONS;

/** So many of a kind are named; all are counted. */
const NAMED = 3;

export class PassedOver {
  readonly #counts = new Map<
    PassedOverReason,
    { count: number; readonly named: string[]; readonly extensions: Map<string, number> }
  >();

  add(reason: PassedOverReason, path: string): void {
    let entry = this.#counts.get(reason);
    if (!entry) this.#counts.set(reason, (entry = { count: 0, named: [], extensions: new Map() }));
    entry.count++;
    if (entry.named.length < NAMED) entry.named.push(path);
    const extension = extname(path).toLowerCase();
    entry.extensions.set(extension, (entry.extensions.get(extension) ?? 0) + 1);
  }

  /** How many, in all or for one reason. */
  count(reason?: PassedOverReason): number {
    return reason
      ? (this.#counts.get(reason)?.count ?? 0)
      : [...this.#counts.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * One clause for each reason: `2 pictures in formats that are not read (.cr2 2)`, `1 link to nothing (a.jpg)`.
   * @param quiet reasons to leave out
   */
  clauses(quiet: readonly PassedOverReason[] = []): string[] {
    const reasons = (Object.keys(REASONS) as PassedOverReason[]).filter((reason) => !quiet.includes(reason));
    return reasons.flatMap((reason) => {
      const entry = this.#counts.get(reason);
      if (!entry) return [];
      const { count, named, extensions } = entry;
      const byExtension = reason === 'picture' || (reason === 'other' && count > NAMED);
      const examples = byExtension
        ? [...extensions]
            .sort(([, a], [, b]) => b - a)
            .slice(0, 2 * NAMED)
            .map(([extension, n]) => `${extension || 'no extension'} ${n}`)
        : named.map(excerpt);
      const rest = byExtension ? extensions.size > 2 * NAMED : count > named.length;
      return [`${count} ${REASONS[reason][count === 1 ? 0 : 1]} (${examples.join(', ')}${rest ? ', …' : ''})`];
    });
  }

  /** `passed over: …` as one line; undefined where nothing was. */
  describe(): string | undefined {
    const clauses = this.clauses();
    return clauses.length > 0 ? `passed over: ${clauses.join('; ')}` : undefined;
  }
}
