/**
 * Which requests to recognise are taken: a bounded number, with a bounded number of bytes, so that memory stays flat under
 * any load. The others are told to come back, before their photos are read.
 */
import { Fault } from './fault.ts';

export interface AdmissionSettings {
  /** Requests at the same time. */
  readonly waiting: number;
  /** Their bytes together. */
  readonly heldBytes: number;
  /** Seconds until there may be room. */
  readonly retryAfter: () => number;
}

export class Admission {
  readonly #settings: AdmissionSettings;
  #requests = 0;
  #bytes = 0;
  #refused = 0;

  constructor(settings: AdmissionSettings) {
    this.#settings = settings;
  }

  get requests(): number {
    return this.#requests;
  }

  /** Since the start. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Runs `work` with room for one request.
   * @param bytes that it may hold   @throws {Fault} 503 when there is no room
   */
  async admit<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const { waiting, heldBytes, retryAfter } = this.#settings;
    // One request is always taken, however large it may be
    if (this.#requests >= waiting || (this.#requests > 0 && this.#bytes + bytes > heldBytes)) {
      this.#refused++;
      throw new Fault(503, 'the server has as much to do as it takes: try again later', {
        'retry-after': String(retryAfter()),
      });
    }
    this.#requests++;
    this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#requests--;
      this.#bytes -= bytes;
    }
  }
}
