/**
 * The parts of `mien data check` that every dataset shares: findings, each kind capped, and a summary of counts and
 * duplicates.
 */
import { createHash } from 'node:crypto';
import { InputError } from '../errors.ts';
import type { CheckReport, Finding } from './dataset.ts';

/** Findings of one kind that are listed; further ones are counted. */
const LISTED_PER_KIND = 20;

export class CheckRecorder {
  readonly #findings: Finding[] = [];
  readonly #countOfKind = new Map<string, number>();
  readonly #counts: Record<string, Record<string, number>> = {};
  readonly #splitOfDigest = new Map<string, Set<string>>();
  #within = 0;
  #across = 0;

  /** @param kind groups findings for the cap   @param where `file` or `file:line` */
  error(kind: string, where: string, message: string): void {
    const count = (this.#countOfKind.get(kind) ?? 0) + 1;
    this.#countOfKind.set(kind, count);
    if (count <= LISTED_PER_KIND) this.#findings.push({ severity: 'error', where, message });
  }

  warning(where: string, message: string): void {
    this.#findings.push({ severity: 'warning', where, message });
  }

  /** Runs a part of the check; the error that ends it becomes a finding. */
  async attempt<T>(part: () => Promise<T>): Promise<T | undefined> {
    try {
      return await part();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.error('input', error.input, error.reason);
      return undefined;
    }
  }

  /** Counts one image. */
  count(split: string, label: string): void {
    const counts = (this.#counts[split] ??= {});
    counts[label] = (counts[label] ?? 0) + 1;
  }

  /** Counts one readable image, and compares it with those before. */
  image(split: string, label: string, pixels: Uint8Array): void {
    this.count(split, label);
    const digest = createHash('md5').update(pixels).digest('base64');
    const seen = this.#splitOfDigest.get(digest);
    if (!seen) {
      this.#splitOfDigest.set(digest, new Set([split]));
      return;
    }
    if (seen.has(split)) this.#within++;
    if (seen.size > (seen.has(split) ? 1 : 0)) this.#across++;
    seen.add(split);
  }

  /** @param input named when no readable image was found */
  report(input: string): CheckReport {
    const findings = [...this.#findings];
    for (const [kind, count] of this.#countOfKind) {
      if (count > LISTED_PER_KIND) {
        findings.push({
          severity: 'error',
          where: input,
          message: `${count - LISTED_PER_KIND} more of the kind "${kind}"`,
        });
      }
    }
    if (Object.keys(this.#counts).length === 0 && findings.length === 0) {
      findings.push({ severity: 'error', where: input, message: 'holds no images' });
    }
    const duplicates = this.#within + this.#across;
    if (duplicates > 0) {
      findings.push({
        severity: 'warning',
        where: input,
        message: `${this.#within} images repeat one of their own split, ${this.#across} one of another split`,
      });
    }
    return {
      ok: findings.every(({ severity }) => severity !== 'error'),
      findings,
      summary: { counts: this.#counts, duplicatesWithinSplits: this.#within, duplicatesAcrossSplits: this.#across },
    };
  }
}
