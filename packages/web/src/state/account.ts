/** Who is signed in at the server that serves the page, if one of Mien does. */
import type { Right, SessionAnswer } from 'mien-server/contract';
import { ApiError, type Method, NoAnswer, request } from '../api/client.ts';
import { Store, useStore } from './store.ts';

export interface Account {
  /** Undefined: not known yet; null: no server of Mien serves this page. */
  readonly session: SessionAnswer | null | undefined;
  /** Whether somebody was signed in, and no longer is. */
  readonly isExpired: boolean;
}

export const account = new Store<Account>({ session: undefined, isExpired: false });

let asking: Promise<void> | undefined;

/** Asks the server anew who is signed in. */
export function readAccount(): Promise<void> {
  asking ??= request('GET', 'api/auth/session', undefined, null)
    .then(
      (answer) => {
        const session = answer as SessionAnswer;
        const { session: before } = account.get();
        // A session that ended leaves its person on the page: their work is not taken away from before their eyes
        if (session.user === null && before?.user) account.set({ isExpired: true });
        else account.set({ session, isExpired: false });
      },
      () => {
        if (account.get().session === undefined) account.set({ session: null });
      },
    )
    .finally(() => (asking = undefined));
  return asking;
}

/** A request as the person who is signed in. @throws {ApiError}, {NoAnswer} */
export async function call<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const send = (): Promise<T> => request(method, path, body, account.get().session?.csrfToken ?? null) as Promise<T>;
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { csrfToken } = account.get().session ?? {};
    // Whoever signs in again, in another tab, has another token
    if (error.status === 401 || (error.status === 403 && method !== 'GET')) await readAccount();
    const { session, isExpired } = account.get();
    if (isExpired) throw new ApiError(401, 'your session has ended: sign in again');
    if (session?.csrfToken === csrfToken) throw error;
    return send();
  }
}

const NONE: readonly Right[] = [];
export const useRights = (): readonly Right[] =>
  useStore(account, ({ session }) => (session?.user ? session.rights : NONE));

export const isUnreachable = (error: unknown): boolean => error instanceof NoAnswer;
