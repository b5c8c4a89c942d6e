/** For the replay of a collection: HTTP as a page does it, over connections that stay open, to whichever server is there. */
import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly token: string;
  readonly body?: unknown;
  /** In place of `body`, as it is. */
  readonly form?: { readonly payload: Buffer; readonly contentType: string };
  /** The connection is cut so long after the request was sent, whatever has come. */
  readonly cutAfterMs?: number;
}

export interface Answered {
  readonly status: number;
  readonly bytes: Buffer;
  json<T>(): T;
}

/** A client of servers that come and go. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 400 });
  /** Addresses of servers; undefined while one is down. */
  readonly #urls: () => readonly (string | undefined)[];
  #turn = 0;

  constructor(urls: () => readonly (string | undefined)[]) {
    this.#urls = urls;
  }

  /**
   * Asks until there is an answer that is none of a server in trouble.
   * @throws {Error} on any status from 400 on but 429 and 5xx
   */
  async ask(ask: Ask): Promise<Answered> {
    for (let attempt = 0; ; attempt++) {
      const answered = await this.once(attempt === 0 ? ask : { ...ask, cutAfterMs: undefined as never }).catch(
        () => undefined,
      );
      if (answered && answered.status < 500 && answered.status !== 429) {
        if (answered.status >= 400)
          throw new Error(`${ask.method} ${ask.path}: ${answered.status} ${answered.bytes.toString('utf8')}`);
        return answered;
      }
      if (attempt > 2000) throw new Error(`${ask.method} ${ask.path}: no answer`);
      await wait(20 + Math.min(attempt, 20) * 10);
    }
  }

  /** One attempt. @throws {Error} when the connection breaks */
  once({ method, path, token, body, form, cutAfterMs }: Ask): Promise<Answered> {
    const urls = this.#urls().filter((url) => url !== undefined);
    const url = urls[this.#turn++ % urls.length];
    if (url === undefined) return Promise.reject(new Error('no server is there'));
    const payload = form?.payload ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, url),
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${token}`,
            ...(payload
              ? { 'content-type': form?.contentType ?? 'application/json', 'content-length': payload.length }
              : {}),
          },
        },
        (response: IncomingMessage) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('aborted', () => reject(new Error('cut off')));
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            resolve({
              status: response.statusCode!,
              bytes,
              json: <T>() => JSON.parse(bytes.toString('utf8')) as T,
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(payload);
      if (cutAfterMs !== undefined) setTimeout(() => sent.destroy(new Error('cut off')), cutAfterMs);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
