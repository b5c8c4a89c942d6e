/** An audit in figures. */
import { type Content, type CopyGroups, labelsOf } from './groups.ts';
import type { AuditItem } from './source.ts';

/** Copies of one kind. */
export interface CopyFigures {
  /** Groups of two images or more. */
  readonly groups: number;
  /** Images in these groups. */
  readonly images: number;
  /** Images without which none would have a copy: those of each group but one. */
  readonly copies: number;
  /** Groups whose images lie in more than one split. */
  readonly acrossSplits: number;
  /** Groups whose images have different labels; and the images in them. */
  readonly conflicting: number;
  readonly conflictingImages: number;
}

export interface SplitFigures {
  readonly split: string;
  readonly images: number;
  /** Images that are identical to another one of this split, by the other splits: to one of theirs. */
  readonly identical: Readonly<Record<string, number>>;
  /** The same of identical or near-identical images. */
  readonly near: Readonly<Record<string, number>>;
}

export interface AuditFigures {
  readonly images: number;
  readonly identical: CopyFigures;
  /** Figures of groups joined by near-identity, identical images among them. */
  readonly near: CopyFigures;
  /** Pairs of different images that are near-identical, and those of them that have different labels. */
  readonly nearPairs: number;
  readonly conflictingPairs: number;
  readonly splits: readonly SplitFigures[];
}

export interface CopyGroup {
  readonly images: readonly AuditItem[];
  /** Places in the source. */
  readonly places: readonly number[];
  /** Whether all have the same pixels. */
  readonly identical: boolean;
  readonly conflicting: boolean;
}

/** Groups that are listed. */
const LISTED = 40;

export function summarize(
  items: readonly AuditItem[],
  contents: readonly Content[],
  joined: CopyGroups,
): { figures: AuditFigures; examples: CopyGroup[] } {
  const distinct = contents.map((content) => withoutRepeatedFrames(items, content));
  const identical = distinct.filter((places) => places.length > 1);
  const near = joined
    .groups()
    .map((group) => ({ identical: group.length === 1, places: group.flatMap((content) => distinct[content]!) }))
    .filter(({ places }) => places.length > 1);
  const nearPlaces = near.map(({ places }) => places);
  const names = [...new Set(items.map(({ split }) => split))];
  const imagesOf = (split: string): number =>
    contents.reduce((sum, content) => sum + content.filter((i) => items[i]!.split === split).length, 0);
  const figures: AuditFigures = {
    images: contents.reduce((sum, content) => sum + content.length, 0),
    identical: copyFigures(items, identical),
    near: copyFigures(items, nearPlaces),
    nearPairs: joined.pairs,
    conflictingPairs: joined.conflictingPairs,
    splits: names.map((split) => ({
      split,
      images: imagesOf(split),
      identical: metIn(items, identical, split, names),
      near: metIn(items, nearPlaces, split, names),
    })),
  };
  const examples = near
    .map((group): CopyGroup => ({
      ...group,
      images: group.places.map((i) => items[i]!),
      conflicting: conflicting(items, group.places),
    }))
    .sort((a, b) => Number(b.conflicting) - Number(a.conflicting) || b.places.length - a.places.length);
  return { figures, examples: examples.slice(0, LISTED) };
}

/** Frames of one sequence that are equal to the pixel are not copies of each other: the first stands for them. */
function withoutRepeatedFrames(items: readonly AuditItem[], content: Content): Content {
  const seen = new Set<string>();
  return content.filter((i) => {
    const { sequence } = items[i]!;
    if (sequence === undefined) return true;
    const isNew = !seen.has(sequence);
    seen.add(sequence);
    return isNew;
  });
}

function copyFigures(items: readonly AuditItem[], groups: readonly (readonly number[])[]): CopyFigures {
  const bad = groups.filter((places) => conflicting(items, places));
  const count = (list: readonly (readonly number[])[]): number => list.reduce((sum, places) => sum + places.length, 0);
  return {
    groups: groups.length,
    images: count(groups),
    copies: count(groups) - groups.length,
    acrossSplits: groups.filter((places) => new Set(places.map((i) => items[i]!.split)).size > 1).length,
    conflicting: bad.length,
    conflictingImages: count(bad),
  };
}

const conflicting = (items: readonly AuditItem[], places: readonly number[]): boolean =>
  labelsOf(items, places).size > 1;

/** How many images of a split share a group with an image of each split: of its own, with another one. */
function metIn(
  items: readonly AuditItem[],
  groups: readonly (readonly number[])[],
  split: string,
  names: readonly string[],
): Record<string, number> {
  const counts = Object.fromEntries(names.map((name) => [name, 0]));
  for (const places of groups) {
    const own = places.filter((i) => items[i]!.split === split).length;
    if (own === 0) continue;
    for (const name of names) {
      const others = name === split ? own - 1 : places.filter((i) => items[i]!.split === name).length;
      if (others > 0) counts[name]! += own;
    }
  }
  return counts;
}
