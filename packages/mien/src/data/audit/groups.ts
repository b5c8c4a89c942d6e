/** Copies as groups: images of the same pixels, and those that near-identity joins to them. */
import type { AuditItem } from './source.ts';

/** Places of the images that have the same pixels. */
export type Content = number[];

/** Contents that near-identity joins. It is passed on: where a is like b and b like c, all three are one group. */
export class CopyGroups {
  readonly #parents: Int32Array;
  readonly #sequences: readonly (string | undefined)[];
  readonly #labels: readonly ReadonlySet<string>[];
  #pairs = 0;
  #conflictingPairs = 0;

  constructor(items: readonly AuditItem[], contents: readonly Content[]) {
    this.#parents = Int32Array.from(contents.keys());
    this.#sequences = contents.map((content) => sequenceOf(items, content));
    this.#labels = contents.map((content) => labelsOf(items, content));
  }

  /** Takes up a pair of near-identical contents; frames of one sequence are passed over. */
  join(a: number, b: number): void {
    if (this.#sequences[a] !== undefined && this.#sequences[a] === this.#sequences[b]) return;
    this.#pairs++;
    const [left, right] = [this.#labels[a]!, this.#labels[b]!];
    if (left.size > 0 && right.size > 0 && new Set([...left, ...right]).size > 1) this.#conflictingPairs++;
    this.#parents[this.#rootOf(b)] = this.#rootOf(a);
  }

  /** Pairs that were taken up. */
  get pairs(): number {
    return this.#pairs;
  }

  /** Those of them whose images have different labels. */
  get conflictingPairs(): number {
    return this.#conflictingPairs;
  }

  /** Places of contents, group by group; a content without a near-identical one is a group of its own. */
  groups(): number[][] {
    const groups = new Map<number, number[]>();
    for (const place of this.#parents.keys()) {
      const root = this.#rootOf(place);
      const group = groups.get(root);
      if (group) group.push(place);
      else groups.set(root, [place]);
    }
    return [...groups.values()];
  }

  #rootOf(place: number): number {
    let root = place;
    while (this.#parents[root] !== root) root = this.#parents[root] = this.#parents[this.#parents[root]!]!;
    return root;
  }
}

/** The sequence that all of the images are frames of. */
function sequenceOf(items: readonly AuditItem[], content: Content): string | undefined {
  const { sequence } = items[content[0]!]!;
  return content.every((i) => items[i]!.sequence === sequence) ? sequence : undefined;
}

export function labelsOf(items: readonly AuditItem[], places: readonly number[]): Set<string> {
  return new Set(places.flatMap((i) => items[i]!.label ?? []));
}
