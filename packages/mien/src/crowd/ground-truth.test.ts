import { expect, it } from 'vitest';
import { createVotes, groundTruth, nameExpressions } from './index.ts';

const rows = (labels: Record<string, string[]>): { task: string; worker: string; label: string }[] =>
  Object.entries(labels).flatMap(([task, votes]) => votes.map((label, i) => ({ task, worker: `w${i}`, label })));

it('goes from votes to rows of a manifest', () => {
  const votes = nameExpressions(
    createVotes(
      rows({
        'a.png': ['happiness', 'happiness', 'happiness', 'happiness'],
        'b.png': ['sadness', 'sadness', 'anger', 'anger'],
        'c.png': ['fear', 'fear', 'fear', 'surprise'],
      }),
    ),
    'votes',
  );
  const truth = groundTruth(votes, { method: 'mv' });
  expect(truth.subsets.map((s) => s.kind)).toEqual(['single', 'compound', 'compound']);
  const [a, ...others] = truth.rows(({ kind: subset }) => subset === 'single');
  expect(others).toEqual([]);
  expect(a).toMatchObject({ image: 'a.png', label: 'happiness', distribution: { happiness: 1, sadness: 0 } });
  expect(
    truth
      .rows(({ kind: subset }) => subset === 'compound', { imageOf: (task) => `images/${task}` })
      .map((r) => [r.image, r.compound]),
  ).toEqual([
    ['images/b.png', 'sadly angry'],
    ['images/c.png', 'fearfully surprised'],
  ]);
});

it('takes excludeBelow beside the settings, not among them, where raf would only list workers', () => {
  const votes = nameExpressions(createVotes(rows({ 'a.png': ['happiness', 'happiness'] })), 'votes');
  expect(() => groundTruth(votes, { method: 'raf', settings: { excludeBelow: 0.5 } })).toThrow(
    'settings: expected excludeBelow beside them',
  );
});
