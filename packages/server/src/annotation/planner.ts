/**
 * Plans one round: every image with an open place gets one annotator who has not seen it, so that loads differ by one at
 * most wherever that can be. Nothing here knows a database.
 *
 * Greedy by load, images in random order; then, while loads differ by more, an augmenting path: assignments of this
 * round (and earlier ones that nobody was handed yet) go from hand to hand, from somebody with more to somebody with
 * less. Each path lowers Σ load²; where none is left, no exchange makes loads more equal.
 *
 * Shapes: T images, M annotators, W = ⌈M/32⌉ words; `has` [T,W] has bit m of row t where annotator m was ever given
 * image t.
 */
import { Random } from 'mienjs/tensor';

export interface Standing {
  readonly images: number;
  readonly annotators: number;
  /** [T,W]; is changed: afterwards it has the plan, too. */
  readonly has: Uint32Array;
  /** [M]; is changed as well. */
  readonly loads: Int32Array;
  /** Images with an open place, each once. */
  readonly open: Int32Array;
  /** Assignments that nobody was handed yet, which may go to others. */
  readonly movable: { readonly image: Int32Array; readonly annotator: Int32Array };
  readonly seed: number;
}

export interface Plan {
  /** For each of `open`: the annotator; −1 where everybody has seen the image. */
  readonly added: Int32Array;
  /** For each of `movable`: the annotator, another or the same. */
  readonly moved: Int32Array;
}

export const wordsOf = (annotators: number): number => Math.max(1, Math.ceil(annotators / 32));

/** @returns whose the open places are now, and whose the movable assignments */
export function planRound({ images, annotators, has, loads, open, movable, seed }: Standing): Plan {
  const words = wordsOf(annotators);
  if (has.length !== images * words || loads.length !== annotators)
    throw new Error(`planRound: expected has [${images},${words}] and ${annotators} loads`);
  const added = new Int32Array(open.length).fill(-1);
  if (annotators === 0) return { added, moved: movable.annotator.slice() };
  const random = new Random(seed, 'annotation/round');
  const queue = new LoadQueue(loads, random.permutation(annotators), open.length);
  for (const at of random.permutation(open.length)) {
    const row = open[at]! * words;
    const annotator = queue.least((m) => (has[row + (m >> 5)]! & (1 << (m & 31))) === 0);
    if (annotator < 0) continue;
    has[row + (annotator >> 5)]! |= 1 << (annotator & 31);
    added[at] = annotator;
    queue.increment(annotator);
  }

  // Items: the round's assignments, then the movable ones
  const count = open.length + movable.image.length;
  const image = new Int32Array(count);
  image.set(open);
  image.set(movable.image, open.length);
  const holder = new Int32Array(count);
  holder.set(added);
  holder.set(movable.annotator, open.length);
  new Balance({ words, annotators, has, loads, image, holder }).run();
  return { added: holder.subarray(0, open.length), moved: holder.subarray(open.length) };
}

/** Annotators in the order of their loads. */
class LoadQueue {
  readonly #loads: Int32Array;
  readonly #order: Int32Array;
  readonly #place: Int32Array;
  /** End of those with a load, in the order. */
  readonly #end: Int32Array;
  readonly #least: number;

  /** @param increments how often a load is raised, at most */
  constructor(loads: Int32Array, shuffled: Int32Array, increments: number) {
    this.#loads = loads;
    this.#order = shuffled.sort((a, b) => loads[a]! - loads[b]!);
    this.#place = new Int32Array(loads.length);
    this.#order.forEach((annotator, place) => (this.#place[annotator] = place));
    this.#least = loads[this.#order[0]!]!;
    const most = loads[this.#order.at(-1)!]!;
    this.#end = new Int32Array(most - this.#least + increments + 2);
    for (const load of loads) this.#end[load - this.#least]!++;
    for (let i = 1; i < this.#end.length; i++) this.#end[i]! += this.#end[i - 1]!;
  }

  /** @returns the least loaded of whom it is so; −1: nobody */
  least(isSo: (annotator: number) => boolean): number {
    for (const annotator of this.#order) if (isSo(annotator)) return annotator;
    return -1;
  }

  increment(annotator: number): void {
    const load = this.#loads[annotator]!++ - this.#least;
    // Becomes the last of those with its load, and then the first of those with one more
    const last = --this.#end[load]!;
    const [place, other] = [this.#place[annotator]!, this.#order[last]!];
    this.#order[place] = other;
    this.#place[other] = place;
    this.#order[last] = annotator;
    this.#place[annotator] = last;
  }
}

interface Exchange {
  readonly words: number;
  readonly annotators: number;
  readonly has: Uint32Array;
  readonly loads: Int32Array;
  /** The image of each item; −1 as its holder: nobody has it. */
  readonly image: Int32Array;
  readonly holder: Int32Array;
}

class Balance {
  readonly #e: Exchange;
  readonly #items: number[][];
  /** By whom, and with which item, an annotator was reached. */
  readonly #from: Int32Array;
  readonly #by: Int32Array;

  constructor(exchange: Exchange) {
    this.#e = exchange;
    const { annotators, holder } = exchange;
    this.#items = Array.from({ length: annotators }, () => []);
    holder.forEach((annotator, item) => {
      if (annotator >= 0) this.#items[annotator]!.push(item);
    });
    this.#from = new Int32Array(annotators);
    this.#by = new Int32Array(annotators);
  }

  run(): void {
    const { loads, annotators } = this.#e;
    const order = Int32Array.from({ length: annotators }, (_, m) => m);
    for (let again = true; again;) {
      again = false;
      order.sort((a, b) => loads[b]! - loads[a]!);
      const least = loads[order.at(-1)!]!;
      for (const source of order) {
        if (loads[source]! - least < 2) break;
        while (this.#relieve(source)) again = true;
      }
    }
  }

  /** Takes one item from an annotator along a shortest path to somebody with at least two less. */
  #relieve(source: number): boolean {
    const { words, annotators, has, loads, image } = this.#e;
    const unseen = new Uint32Array(words);
    for (let m = 0; m < annotators; m++) unseen[m >> 5]! |= 1 << (m & 31);
    unseen[source >> 5]! &= ~(1 << (source & 31));
    const queue = [source];
    for (const at of queue) {
      for (const item of this.#items[at]!) {
        const row = image[item]! * words;
        for (let w = 0; w < words; w++) {
          let free = unseen[w]! & ~has[row + w]!;
          while (free !== 0) {
            const bit = 31 - Math.clz32(free & -free);
            free &= free - 1;
            const next = w * 32 + bit;
            unseen[w]! &= ~(1 << bit);
            this.#from[next] = at;
            this.#by[next] = item;
            if (loads[next]! <= loads[source]! - 2) {
              this.#shift(source, next);
              return true;
            }
            queue.push(next);
          }
        }
      }
    }
    return false;
  }

  #shift(source: number, target: number): void {
    const { words, has, loads, image, holder } = this.#e;
    for (let to = target; to !== source; to = this.#from[to]!) {
      const [from, item] = [this.#from[to]!, this.#by[to]!];
      const row = image[item]! * words;
      has[row + (from >> 5)]! &= ~(1 << (from & 31));
      has[row + (to >> 5)]! |= 1 << (to & 31);
      holder[item] = to;
      const items = this.#items[from]!;
      items[items.indexOf(item)] = items.at(-1)!;
      items.pop();
      this.#items[to]!.push(item);
    }
    loads[source]!--;
    loads[target]!++;
  }
}

/**
 * An order in which some items are strewn among others, at random places.
 * @returns indices: below `work` the work's, from there on those of the others
 */
export function strew(work: number, others: number, random: Random): Int32Array {
  const order = random.permutation(work + others);
  // Those of the others in their own order, wherever they come
  let next = work;
  for (let i = 0; i < order.length; i++) if (order[i]! >= work) order[i] = next++;
  return order;
}
