/** The one outbox of this page: that of whoever is signed in. */
import type { AnnotationEvent } from 'mien-server/contract';
import { account, call, readAccount } from '../state/account.ts';
import { Store } from '../state/store.ts';
import { openOutboxStorage } from './outbox-storage.ts';
import { type EventsAnswer, Outbox, type OutboxState } from './outbox.ts';

const NOTHING: OutboxState = { waiting: [], trouble: 'none', message: '', rejected: [], isLasting: true };
export const outboxState = new Store<OutboxState>(NOTHING);

type Listener = (project: string, answer: EventsAnswer) => void;
const listeners = new Set<Listener>();

let current: { readonly user: string; readonly opened: Promise<Outbox> } | undefined;

async function open(user: string): Promise<Outbox> {
  const outbox = new Outbox({
    user,
    storage: await openOutboxStorage(),
    send: (project, events) => call('POST', `api/projects/${project}/events`, { events }),
    onState: (state) => {
      if (current?.user === user) outboxState.set(state);
    },
    onAnswer: (project, answer) => listeners.forEach((listener) => listener(project, answer)),
  });
  outboxState.set(outbox.state);
  await outbox.start();
  return outbox;
}

/** Sends what earlier visits left, from the moment that somebody is known to be signed in. */
export function followAccount(): void {
  const follow = (): void => {
    const { session, isExpired } = account.get();
    const user = session?.user && session.rights.includes('annotate') ? session.user.id : undefined;
    if (user === current?.user) {
      // Signed in again, perhaps in another tab
      if (current && !isExpired && outboxState.get().trouble === 'signed-out') void flushEvents();
      return;
    }
    void current?.opened.then((outbox) => outbox.stop());
    outboxState.set(NOTHING);
    current = undefined;
    if (user !== undefined) current = { user, opened: open(user) };
  };
  account.subscribe(follow);
  follow();
  const lookAgain = (): void => {
    const { session, isExpired } = account.get();
    if (isExpired || session === null) void readAccount();
    if (outboxState.get().trouble !== 'none') void flushEvents();
  };
  addEventListener('focus', lookAgain);
  addEventListener('online', lookAgain);
}

/** Keeps an event, then sends it. */
export async function addEvent(project: string, event: AnnotationEvent): Promise<void> {
  await (await current?.opened)?.add(project, event);
}

/** Resolves when all is answered, or something is in the way: see `outboxState`. */
export async function flushEvents(): Promise<void> {
  await (await current?.opened)?.flush();
}

/** @returns what ends it */
export function onAnswer(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Events of a project that the server has not answered. */
export const waitingOf = (project: string, { waiting }: OutboxState = outboxState.get()): readonly AnnotationEvent[] =>
  waiting.filter((kept) => kept.project === project).map(({ event }) => event);
