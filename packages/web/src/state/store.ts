/** A value that components follow: each change gives a new one, and those who look are told. */
import { useSyncExternalStore } from 'react';

export class Store<T extends object> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get = (): T => this.#value;

  set = (change: Partial<T> | ((value: T) => Partial<T>)): void => {
    this.#value = { ...this.#value, ...(typeof change === 'function' ? change(this.#value) : change) };
    for (const listener of this.#listeners) listener();
  };

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** @param pick must give the same object for the same value */
export function useStore<T extends object, U>(store: Store<T>, pick: (value: T) => U): U {
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
