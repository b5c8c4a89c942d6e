/** Calls of the server's API, from a page that a Mien server serves; elsewhere there is none. */
import type { ErrorBody } from 'mien-server/contract';

/** The server said no. */
export class ApiError extends Error {
  constructor(
    /** Status of HTTP. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The server was not reached, or it broke down. */
export class NoAnswer extends Error {}

/** A server that says nothing for so long is not there; images may take longer to send. */
const PATIENCE_MS = 30_000;

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Without a leading slash: a page may be served below another's root, where the API is then looked for. */
export const addressOf = (path: string): string => new URL(path.replace(/^\//, ''), document.baseURI).href;

/**
 * One request.
 * @param body JSON, or a form
 * @throws {ApiError} with what the server says; {NoAnswer} when it says nothing that can be read
 */
export async function request(method: Method, path: string, body: unknown, csrfToken: string | null): Promise<unknown> {
  const isForm = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(addressOf(path), {
      method,
      headers: {
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...(csrfToken === null ? {} : { 'x-csrf-token': csrfToken }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      ...(isForm ? {} : { signal: AbortSignal.timeout(PATIENCE_MS) }),
    });
  } catch (cause) {
    throw new NoAnswer('the server cannot be reached', { cause });
  }
  if (response.status === 204) return undefined;
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return answer;
  const message = (answer as ErrorBody | undefined)?.error?.message;
  // Without a sentence of the server's it is a proxy, or the server of files of a static page
  if (message === undefined || response.status >= 500)
    throw new NoAnswer(message ?? `the server cannot be reached (HTTP ${response.status})`);
  throw new ApiError(response.status, message);
}
