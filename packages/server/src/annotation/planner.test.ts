/** Exactness of plans over all rounds, whoever comes and goes. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from 'mienjs/tensor';
import { planRound, strew, wordsOf } from './planner.ts';

/** A project in memory: what a store keeps between rounds. */
class Project {
  /** By image: annotator → whether a place is taken. */
  readonly seen: Map<number, boolean>[];
  readonly active = new Set<number>();
  /** Assignments that nobody was handed. */
  waiting: [image: number, annotator: number][] = [];
  readonly credit = new Map<number, number>();

  constructor(
    readonly images: number,
    readonly labels: number,
    readonly annotators: number,
  ) {
    this.seen = Array.from({ length: images }, () => new Map<number, boolean>());
  }

  places = (image: number): number => [...this.seen[image]!.values()].filter(Boolean).length;
  load = (m: number): number =>
    (this.credit.get(m) ?? 0) + this.seen.filter((annotators) => annotators.get(m) === true).length;
  spread(): number {
    const loads = [...this.active].map(this.load);
    return Math.max(...loads) - Math.min(...loads);
  }

  /** @returns places that were filled */
  round(seed: number): number {
    const active = [...this.active].sort((a, b) => a - b);
    const words = wordsOf(active.length);
    const has = new Uint32Array(this.images * words);
    const columnOf = new Map(active.map((m, column) => [m, column]));
    this.seen.forEach((annotators, image) => {
      for (const m of annotators.keys()) {
        const column = columnOf.get(m);
        if (column !== undefined) has[image * words + (column >> 5)]! |= 1 << (column & 31);
      }
    });
    const open = Int32Array.from(this.seen.keys()).filter((image) => this.places(image) < this.labels);
    const plan = planRound({
      images: this.images,
      annotators: active.length,
      has,
      loads: Int32Array.from(active, this.load),
      open,
      movable: {
        image: Int32Array.from(this.waiting, ([image]) => image),
        annotator: Int32Array.from(this.waiting, ([, m]) => columnOf.get(m)!),
      },
      seed,
    });
    const moved = this.waiting.map(([image, from], i) => ({ image, from, to: active[plan.moved[i]!]! }));
    for (const { image, from, to } of moved) if (from !== to) this.seen[image]!.delete(from);
    const given = [
      ...moved.filter(({ from, to }) => from !== to),
      ...[...open].flatMap((image, i) => (plan.added[i]! < 0 ? [] : [{ image, to: active[plan.added[i]!]! }])),
    ];
    for (const { image, to } of given) {
      // The database's constraint
      expect(this.seen[image]!.has(to)).toBe(false);
      this.seen[image]!.set(to, true);
    }
    this.waiting = moved.map(({ image, to }) => [image, to]);
    const filled = given.slice(moved.filter(({ from, to }) => from !== to).length);
    for (const { image, to } of filled) this.waiting.push([image, to]);
    return filled.length;
  }

  leave(m: number): void {
    this.active.delete(m);
    for (const [image, annotator] of this.waiting) if (annotator === m) this.seen[image]!.set(m, false);
    this.waiting = this.waiting.filter(([, annotator]) => annotator !== m);
  }

  /** Hands out what somebody has. */
  work(m: number, most: number): void {
    const mine = this.waiting.filter(([, annotator]) => annotator === m).slice(0, most);
    this.waiting = this.waiting.filter((assignment) => !mine.includes(assignment));
  }
}

it('gives every image its labels, nobody an image twice, and equal loads, also where all see all', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }).chain((annotators) =>
        fc.record({
          annotators: fc.constant(annotators),
          labels: fc.oneof(fc.integer({ min: 1, max: annotators }), fc.constant(annotators)),
          images: fc.integer({ min: 1, max: 40 }),
          seed: fc.nat(),
          handsOut: fc.boolean(),
        }),
      ),
      ({ annotators, labels, images, seed, handsOut }) => {
        const project = new Project(images, labels, annotators);
        for (let m = 0; m < annotators; m++) project.active.add(m);
        for (let round = 0; round < labels; round++) {
          expect(project.round(seed + round)).toBe(images);
          // What was handed out cannot be exchanged: of fewer images than annotators, nearly all of whom see each, a round
          // may then leave loads that differ by two. The store hands out none of these before all rounds are planned.
          if (!handsOut || (round === labels - 1 && images >= annotators))
            expect(project.spread()).toBeLessThanOrEqual(1);
          if (handsOut) for (const m of project.active) project.work(m, Infinity);
        }
        expect(project.round(seed)).toBe(0);
        for (let image = 0; image < images; image++) expect(project.places(image)).toBe(labels);
      },
    ),
  );
});

it('fills what leavers leave and shares it with who joins, as long as somebody has not seen the image', () => {
  fc.assert(
    fc.property(
      fc.record({
        images: fc.integer({ min: 1, max: 30 }),
        labels: fc.integer({ min: 1, max: 6 }),
        seed: fc.nat(),
        steps: fc.array(
          fc.record({ what: fc.constantFrom('join', 'leave', 'work', 'round'), who: fc.nat({ max: 9 }) }),
          { maxLength: 40 },
        ),
      }),
      ({ images, labels, seed, steps }) => {
        const project = new Project(images, labels, 10);
        const gone = new Set<number>();
        for (const [i, { what, who }] of steps.entries()) {
          if (what === 'join' && !gone.has(who)) project.active.add(who);
          if (what === 'leave' && project.active.has(who)) {
            project.leave(who);
            gone.add(who);
          }
          if (what === 'work') project.work(who, 3);
          if (what === 'round' && project.active.size > 0) project.round(seed + i);
          for (let image = 0; image < images; image++) expect(project.places(image)).toBeLessThanOrEqual(labels);
        }
        if (project.active.size === 0) return;
        while (project.round(seed) > 0);
        // No end at which somebody could still label an image that wants a label
        for (let image = 0; image < images; image++) {
          const free = [...project.active].filter((m) => !project.seen[image]!.has(m)).length;
          expect(project.places(image) === labels || free === 0).toBe(true);
        }
      },
    ),
  );
});

it('shares what nobody was handed yet with somebody who comes after it was planned', () => {
  const project = new Project(300, 2, 3);
  project.active.add(0);
  expect(project.round(1)).toBe(300);
  project.active.add(1).add(2);
  expect(project.round(2)).toBe(300);
  expect([0, 1, 2].map(project.load)).toEqual([200, 200, 200]);
});

it('says where everybody has seen an image', () => {
  const plan = planRound({
    images: 2,
    annotators: 2,
    has: Uint32Array.of(0b11, 0b01),
    loads: Int32Array.of(2, 1),
    open: Int32Array.of(0, 1),
    movable: { image: new Int32Array(), annotator: new Int32Array() },
    seed: 1,
  });
  expect([...plan.added]).toEqual([-1, 1]);
});

it('plans a round of a collection of its intended size in far less than a second', () => {
  const [images, annotators] = [30_000, 315];
  const words = wordsOf(annotators);
  const has = new Uint32Array(images * words);
  const random = new Random(3);
  const loads = new Int32Array(annotators);
  for (let image = 0; image < images; image++)
    for (let i = 0; i < 30; i++) {
      const m = random.int(annotators);
      if ((has[image * words + (m >> 5)]! & (1 << (m & 31))) !== 0) continue;
      has[image * words + (m >> 5)]! |= 1 << (m & 31);
      loads[m]!++;
    }
  const open = Int32Array.from({ length: images }, (_, i) => i);
  const movable = { image: new Int32Array(), annotator: new Int32Array() };
  // Random loads, which differ by hundreds, become equal
  for (let round = 0; round < 5; round++) {
    const before = loads.reduce((sum, load) => sum + load, 0);
    const started = performance.now();
    planRound({ images, annotators, has, loads, open, movable, seed: round });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(loads.reduce((sum, load) => sum + load, 0)).toBe(before + images);
  }
  expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
});

it('strews items among work without changing the order of either by more than chance', () => {
  const order = strew(90, 10, new Random(1));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  const others = [...order].filter((i) => i >= 90);
  expect(others).toEqual([...others].sort((a, b) => a - b));
  const places = [...order.keys()].filter((place) => order[place]! >= 90);
  expect(places.at(-1)! - places[0]!).toBeGreaterThan(40);
});
