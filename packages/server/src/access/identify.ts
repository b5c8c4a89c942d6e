/** Who makes a request: by the cookie of a session, or by a token. */
import type { FastifyRequest } from 'fastify';
import type { Store } from '../store/index.ts';
import { LOCAL_PRINCIPAL, NOBODY, type Principal } from './rights.ts';
import { hashOf } from './secrets.ts';

export const SESSION_COOKIE = 'mien_session';
/** A token's beginning: a secret that leaks is known for what it is. */
export const TOKEN_PREFIX = 'mien_';

const BEARER = /^Bearer +(\S+)$/i;

/** @returns undefined when a token was given that is not valid: that is an error even where nobody need sign in */
export async function identify(
  request: FastifyRequest,
  store: Store,
  signInRequired: boolean,
): Promise<Principal | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const token = BEARER.exec(authorization)?.[1];
    const user = token?.startsWith(TOKEN_PREFIX) ? await store.accounts.userOfToken(hashOf(token)) : undefined;
    return user && { kind: 'user', id: user.id, name: user.name, role: user.role };
  }
  const cookie = request.cookies[SESSION_COOKIE];
  if (cookie !== undefined) {
    const sessionHash = hashOf(cookie);
    const session = await store.accounts.session(sessionHash);
    if (session) {
      const { user, csrfToken } = session;
      return { kind: 'user', id: user.id, name: user.name, role: user.role, csrfToken, sessionHash };
    }
  }
  return signInRequired ? NOBODY : LOCAL_PRINCIPAL;
}
