/**
 * Real votes, against crowd-kit's results on them. The data are not part of the project; MIEN_SHARED_DATA names the
 * folder that holds `crowd/` (by default ../shared/data beside the repository).
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { infer, type Votes } from '../index.ts';
import { readVotes } from '../node.ts';

const root = process.env.MIEN_SHARED_DATA ?? fileURLToPath(new URL('../../../../../../shared/data', import.meta.url));
const NAMES = ['bluebird', 'dog'] as const;

interface Golden {
  readonly majority_vote: { readonly probas: Probabilities };
  readonly dawid_skene: { readonly n_iter: number; readonly tol: number; readonly probas: Probabilities };
  readonly glad: { readonly probas: Probabilities; readonly penalised_log_likelihood: number };
}
type Probabilities = Readonly<Record<string, readonly number[]>>;

describe.each(NAMES)('crowd-kit on %s', (name) => {
  const folder = join(root, 'crowd', name);
  const present = existsSync(join(folder, 'label.csv')) && existsSync(join(folder, 'crowd-kit.golden.json'));
  if (!present)
    process.stderr.write(
      `skipped: crowd-kit on ${name}, because ${folder} lacks label.csv or crowd-kit.golden.json (set MIEN_SHARED_DATA)\n`,
    );

  describe.skipIf(!present)('', () => {
    let votes: Votes;
    let golden: Golden;
    beforeAll(async () => {
      votes = await readVotes(join(folder, 'label.csv'));
      golden = JSON.parse(await readFile(join(folder, 'crowd-kit.golden.json'), 'utf8')) as Golden;
    });
    const inOrder = (probabilities: Probabilities): Float64Array =>
      Float64Array.from(votes.tasks.flatMap((task) => probabilities[task]!));
    const largestGap = (a: Float64Array, b: Float64Array): number => {
      expect(a.length).toBe(b.length);
      return a.reduce((gap, value, i) => Math.max(gap, Math.abs(value - b[i]!)), 0);
    };

    it('has its shares of votes', () => {
      expect(largestGap(infer(votes, 'mv').posterior, inOrder(golden.majority_vote.probas))).toBeLessThan(1e-6);
    });

    it('has its Dawid–Skene posteriors, stopping as it does', () => {
      const { n_iter: maxIterations, tol: tolerance, probas } = golden.dawid_skene;
      const result = infer(votes, 'ds', { maxIterations, tolerance, stopping: 'crowd-kit' });
      expect(largestGap(result.posterior, inOrder(probas))).toBeLessThan(1e-6);
      expect(infer(votes, 'ds').logLikelihood).toBeGreaterThan(result.logLikelihood);
    });

    it('reaches at least its penalised likelihood with GLAD, and its labels', () => {
      const result = infer(votes, 'glad');
      expect(result.converged).toBe(true);
      expect(result.penalizedLogLikelihood).toBeGreaterThanOrEqual(golden.glad.penalised_log_likelihood);
      const same = votes.tasks.filter((task, t) => {
        const row = golden.glad.probas[task]!;
        return result.labels[t] === row.indexOf(Math.max(...row));
      });
      expect(same.length / votes.tasks.length).toBeGreaterThanOrEqual(0.99);
    });
  });
});
