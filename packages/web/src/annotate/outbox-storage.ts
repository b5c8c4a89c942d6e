/** Where the outbox keeps its events: IndexedDB; in memory where a browser has none, as some private windows. */
import type { KeptEvent, OutboxStorage } from './outbox.ts';

const DATABASE = 'mien-annotate';
const EVENTS = 'events';

const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser keeps nothing'));
  });

const resultOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });

export async function openOutboxStorage(): Promise<OutboxStorage> {
  try {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(EVENTS, { keyPath: 'key' });
    return inDatabase(await resultOf(opening));
  } catch {
    return inMemory();
  }
}

function inDatabase(database: IDBDatabase): OutboxStorage {
  // Written through to the disk: a label must outlive the browser's end
  const write = (): IDBTransaction => database.transaction(EVENTS, 'readwrite', { durability: 'strict' });
  return {
    isLasting: true,
    all: () => resultOf(database.transaction(EVENTS).objectStore(EVENTS).getAll() as IDBRequest<KeptEvent[]>),
    add(kept) {
      const transaction = write();
      transaction.objectStore(EVENTS).put(kept);
      return done(transaction);
    },
    remove(keys) {
      const transaction = write();
      for (const key of keys) transaction.objectStore(EVENTS).delete(key);
      return done(transaction);
    },
  };
}

function inMemory(): OutboxStorage {
  const events = new Map<string, KeptEvent>();
  return {
    isLasting: false,
    all: () => Promise.resolve([...events.values()]),
    add(kept) {
      events.set(kept.key, kept);
      return Promise.resolve();
    },
    remove(keys) {
      for (const key of keys) events.delete(key);
      return Promise.resolve();
    },
  };
}
