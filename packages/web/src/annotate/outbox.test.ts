import type { AnnotationEvent, OwnProgress } from 'mien-server/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NoAnswer } from '../api/client.ts';
import { type EventsAnswer, type KeptEvent, Outbox, type OutboxStorage } from './outbox.ts';

const OWN: OwnProgress = {
  state: 'active',
  role: 'annotator',
  done: 0,
  planned: 10,
  activeSeconds: 0,
  isWaiting: false,
};
const eventOf = (n: number): AnnotationEvent => ({
  key: `event-${String(n).padStart(4, '0')}`,
  assignment: `assignment${n}`,
  kind: 'answer',
  answer: { expression: 'fear' },
  activeMs: 100,
});
const answered = (events: readonly AnnotationEvent[]): EventsAnswer => ({
  results: events.map(({ key }) => ({ key, outcome: 'counted', message: null, isRight: null, feedback: null })),
  own: OWN,
});

/** What a browser keeps, for several visits. */
class Disk implements OutboxStorage {
  readonly isLasting = true;
  readonly events = new Map<string, KeptEvent>();
  all = (): Promise<KeptEvent[]> => Promise.resolve([...this.events.values()].reverse());
  add = (kept: KeptEvent): Promise<void> => Promise.resolve(void this.events.set(kept.key, kept));
  remove = (keys: readonly string[]): Promise<void> => Promise.resolve(keys.forEach((key) => this.events.delete(key)));
}

/** A server that stores each key once, whatever becomes of its answers. */
class Server {
  readonly stored: string[] = [];
  readonly requests: (readonly [string, readonly string[]])[] = [];
  /** Thrown before or after the events are stored. */
  before: (events: readonly AnnotationEvent[]) => Error | undefined = () => undefined;
  after: () => Error | undefined = () => undefined;
  send = async (project: string, events: readonly AnnotationEvent[]): Promise<EventsAnswer> => {
    this.requests.push([project, events.map(({ key }) => key)]);
    await Promise.resolve();
    const before = this.before(events);
    if (before) throw before;
    for (const { key } of events) if (!this.stored.includes(key)) this.stored.push(key);
    const after = this.after();
    if (after) throw after;
    return answered(events);
  };
}

function openOutbox(disk: Disk, server: Server, user = 'ada'): Outbox {
  return new Outbox({ user, storage: disk, send: server.send, onState: () => undefined, onAnswer: () => undefined });
}

describe('the outbox', () => {
  let disk: Disk;
  let server: Server;
  beforeEach(() => {
    vi.useFakeTimers();
    [disk, server] = [new Disk(), new Server()];
  });
  afterEach(() => void vi.useRealTimers());

  it('keeps an event before it sends it, and forgets it when it is answered', async () => {
    let kept = 0;
    server.before = () => void (kept = disk.events.size);
    const outbox = openOutbox(disk, server);
    await outbox.add('p', eventOf(1));
    await outbox.flush();
    expect([kept, disk.events.size, server.stored]).toEqual([1, 0, ['event-0001']]);
  });

  it('sends again, later and later, while there is no answer, and loses and doubles nothing', async () => {
    server.after = () => new NoAnswer('cut off');
    const outbox = openOutbox(disk, server);
    for (let n = 1; n <= 3; n++) await outbox.add('p', eventOf(n));
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.state).toMatchObject({ trouble: 'no-answer' });
    expect(outbox.state.waiting).toHaveLength(3);
    const tries = server.requests.length;
    await vi.advanceTimersByTimeAsync(7000);
    // After 1, 2 and 4 seconds
    expect(server.requests.length - tries).toBe(3);
    server.after = () => undefined;
    await vi.advanceTimersByTimeAsync(8000);
    expect(outbox.state).toMatchObject({ trouble: 'none', waiting: [] });
    expect(server.stored).toEqual([1, 2, 3].map((n) => eventOf(n).key));
  });

  it('sends first, at the next visit, what an earlier one left, in its order', async () => {
    server.before = () => new NoAnswer('no network');
    const earlier = openOutbox(disk, server);
    for (let n = 1; n <= 5; n++) await earlier.add('p', eventOf(n));
    earlier.stop();
    server.before = () => undefined;
    const later = openOutbox(disk, server);
    await later.start();
    await later.add('p', eventOf(6));
    await later.flush();
    expect(server.stored).toEqual([1, 2, 3, 4, 5, 6].map((n) => eventOf(n).key));
  });

  it("waits while nobody is signed in, and leaves a person's events alone when another comes", async () => {
    server.before = () => new ApiError(401, 'sign in first');
    const ada = openOutbox(disk, server);
    await ada.add('p', eventOf(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(ada.state).toMatchObject({ trouble: 'signed-out' });
    ada.stop();
    server.before = () => undefined;
    const ben = openOutbox(disk, server, 'ben');
    await ben.start();
    await ben.flush();
    expect([server.stored, disk.events.size]).toEqual([[], 1]);
    const again = openOutbox(disk, server);
    await again.start();
    await again.flush();
    expect([server.stored, disk.events.size]).toEqual([['event-0001'], 0]);
  });

  it('sends a hundred at a time, and one project at a time', async () => {
    server.before = () => new NoAnswer('no network');
    const outbox = openOutbox(disk, server);
    for (let n = 1; n <= 120; n++) await outbox.add('p', eventOf(n));
    await outbox.add('q', eventOf(121));
    server.before = () => undefined;
    server.requests.length = 0;
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.requests.map(([project, keys]) => [project, keys.length])).toEqual([
      ['p', 100],
      ['p', 20],
      ['q', 1],
    ]);
  });

  it('sets aside the one event that the server can never take, and sends the others', async () => {
    server.before = (events) =>
      events.some(({ key }) => key === 'event-0002') ? new ApiError(400, 'no such option') : undefined;
    const outbox = openOutbox(disk, server);
    await Promise.all([1, 2, 3].map((n) => outbox.add('p', eventOf(n))));
    await outbox.flush();
    expect(server.stored).toEqual(['event-0001', 'event-0003']);
    expect(outbox.state.rejected.map(({ event, message }) => [event.key, message])).toEqual([
      ['event-0002', 'no such option'],
    ]);
    expect(disk.events.size).toBe(0);
  });

  it('keeps events of a project that the person may no longer enter', async () => {
    server.before = () => new ApiError(403, 'you are not a member');
    const outbox = openOutbox(disk, server);
    await outbox.add('p', eventOf(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(outbox.state).toMatchObject({ trouble: 'refused', message: 'you are not a member' });
    expect(disk.events.size).toBe(1);
  });
});
