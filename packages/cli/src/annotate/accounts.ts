/** Accounts at a server that has just begun, made by its invitations. */
import { InputError } from 'mienjs';
import { errorSchema, newInvitationSchema, newTokenSchema, sessionSchema, type Role } from 'mien-server/contract';

/** Somebody who is signed in. */
export class Session {
  readonly #server: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(server: string, headers: Readonly<Record<string, string>>) {
    this.#server = server;
    this.#headers = headers;
  }

  /** Makes an account. @param link of an invitation, as the server gives it */
  static async join(server: string, link: string, name: string, password: string): Promise<Session> {
    const invitation = link.slice(link.indexOf('#') + 1);
    const response = await post(server, '/api/auth/join', {}, { invitation, name, password });
    const { csrfToken } = sessionSchema.parse(await response.json());
    const cookie = response.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ');
    return new Session(server, { cookie, 'x-csrf-token': csrfToken ?? '' });
  }

  /** @returns the link */
  async invite(role: Role): Promise<string> {
    const answer = await post(this.#server, '/api/invitations', this.#headers, { role });
    return newInvitationSchema.parse(await answer.json()).link;
  }

  /** @param name what it is for   @returns a token of this account */
  async token(name: string): Promise<string> {
    const answer = await post(this.#server, '/api/auth/tokens', this.#headers, { name, days: 1 });
    return newTokenSchema.parse(await answer.json()).secret;
  }
}

async function post(
  server: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<Response> {
  const response = await fetch(server + path, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return response;
  const told = errorSchema.safeParse(await response.json().catch(() => undefined));
  throw new InputError(server, told.data?.error.message ?? `${path} answered ${response.status}`);
}
