/** E-step, likelihood and M-step of every method, against the models written out vote by vote. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../tensor/index.ts';
import { createVotes, infer, type Inference, type Votes } from '../index.ts';
import { Coordinate } from './coordinate.ts';
import { DawidSkene } from './dawid-skene.ts';
import { Mace } from './mace.ts';
import { OneCoin } from './one-coin.ts';
import { indexVotes, type VoteIndex } from './vote-index.ts';

const K = 3;
function randomVotes(seed: number): Votes {
  const random = new Random(seed, 'likelihood.test');
  const rows = [];
  for (let t = 0; t < 12; t++) {
    const truth = random.int(K);
    for (let w = 0; w < 5; w++)
      if (w === t % 5 || random.uniform() < 0.8)
        rows.push({
          task: `${t}`,
          worker: `${w}`,
          label: `${random.uniform() < 0.3 + 0.12 * w ? truth : random.int(K)}`,
        });
  }
  return createVotes(rows, { classes: ['0', '1', '2'] });
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** p(worker w votes l on task t | class k), as each method's file states it. */
function voteProbability(result: Inference, votes: Votes): (t: number, w: number, l: number, k: number) => number {
  switch (result.method) {
    case 'ds':
    case 'hds':
      return (_t, w, l, k) => result.confusion[(w * K + k) * K + l]!;
    case 'one-coin':
      return (_t, w, l, k) => (l === k ? result.accuracy[w]! : (1 - result.accuracy[w]!) / (K - 1));
    case 'mace':
      return (_t, w, l, k) =>
        (l === k ? result.competence[w]! : 0) + (1 - result.competence[w]!) * result.spam[w * K + l]!;
    case 'glad':
      return (t, w, l, k) =>
        l === k ? sigmoid(result.alpha[w]! * result.beta[t]!) : sigmoid(-result.alpha[w]! * result.beta[t]!) / (K - 1);
    case 'raf': {
      const shares = [0, 1, 2].map((k) => votes.label.filter((label) => label === k).length / votes.label.length);
      return (t, w, l, k) =>
        l === k
          ? sigmoid(result.alpha[w]! * result.beta[t]!)
          : sigmoid(-result.alpha[w]! * result.beta[t]!) * (shares[l]! / (1 - shares[k]!));
    }
    case 'mv':
      throw new Error('majority vote has no such model');
  }
}

function bayes(
  votes: Votes,
  prior: ArrayLike<number>,
  p: ReturnType<typeof voteProbability>,
): { logLikelihood: number; posterior: number[] } {
  let logLikelihood = 0;
  const posterior = votes.tasks.flatMap((_, t) => {
    const joint = Array.from({ length: K }, (_, k) =>
      votes.task.reduce(
        (product, task, v) => (task === t ? product * p(t, votes.worker[v]!, votes.label[v]!, k) : product),
        prior[k]!,
      ),
    );
    const evidence = joint.reduce((a, b) => a + b);
    logLikelihood += Math.log(evidence);
    return joint.map((value) => value / evidence);
  });
  return { logLikelihood, posterior };
}

/** df/dx by central differences. */
const slope = (f: (x: number) => number, x: number, h = 1e-5): number => (f(x + h) - f(x - h)) / (2 * h);

const results = (votes: Votes): Inference[] => [
  infer(votes, 'ds', { smoothing: 0.3 }),
  infer(votes, 'one-coin', { smoothing: 0.3 }),
  infer(votes, 'mace'),
  infer(votes, 'glad'),
  infer(votes, 'raf', { wrongLabels: 'marginal', maxIterations: 5 }),
];

describe('posterior and log-likelihood', () => {
  it.each([1, 2, 3])("are Bayes' rule on the parameters returned (votes %i)", (seed) => {
    const votes = randomVotes(seed);
    for (const result of results(votes)) {
      const prior = 'classPrior' in result ? result.classPrior : [1 / K, 1 / K, 1 / K];
      const naive = bayes(votes, prior, voteProbability(result, votes));
      expect(result.logLikelihood, result.method).toBeCloseTo(naive.logLikelihood, 8);
      naive.posterior.forEach((p, i) => {
        expect(result.posterior[i], result.method).toBeCloseTo(p, 9);
      });
    }
  });

  it('carry the priors as penalty', () => {
    const votes = randomVotes(4);
    const glad = infer(votes, 'glad');
    const squares = [...glad.alpha, ...glad.beta.map(Math.log)].reduce((sum, u) => sum + (u - 1) ** 2, 0);
    expect(glad.penalizedLogLikelihood - glad.logLikelihood).toBeCloseTo(-squares / 2, 8);
    const ds = infer(votes, 'ds', { smoothing: 0.3 });
    expect(ds.penalizedLogLikelihood - ds.logLikelihood).toBeCloseTo(
      0.3 * ds.confusion.reduce((sum, p) => sum + Math.log(p), 0),
      8,
    );
    const oneCoin = infer(votes, 'one-coin', { smoothing: 0.3 });
    expect(oneCoin.penalizedLogLikelihood - oneCoin.logLikelihood).toBeCloseTo(
      0.3 * oneCoin.accuracy.reduce((sum, p) => sum + Math.log(p * (1 - p)), 0),
      8,
    );
    const raf = infer(votes, 'raf');
    expect(raf.penalizedLogLikelihood).toBe(raf.logLikelihood);
  });
});

describe('the end of EM', () => {
  it('is a stationary point of the penalised likelihood', () => {
    const votes = randomVotes(7);
    const run = { maxIterations: 20_000, tolerance: 0 };
    const uniform = [1 / K, 1 / K, 1 / K];
    const glad = infer(votes, 'glad', run);
    const ofGlad = (alpha: Float64Array, beta: Float64Array): number =>
      bayes(votes, uniform, voteProbability({ ...glad, alpha, beta }, votes)).logLikelihood -
      0.5 * [...alpha, ...beta.map(Math.log)].reduce((sum, u) => sum + (u - 1) ** 2, 0);
    glad.alpha.forEach((a, w) => {
      expect(Math.abs(slope((x) => ofGlad(glad.alpha.with(w, x), glad.beta), a))).toBeLessThan(1e-5);
    });
    glad.beta.forEach((b, t) => {
      expect(Math.abs(slope((x) => ofGlad(glad.alpha, glad.beta.with(t, x)), b))).toBeLessThan(1e-5);
    });

    const s = 0.3;
    const oneCoin = infer(votes, 'one-coin', { ...run, smoothing: s });
    oneCoin.accuracy.forEach((a, w) => {
      const f = (x: number): number =>
        bayes(votes, oneCoin.classPrior, voteProbability({ ...oneCoin, accuracy: oneCoin.accuracy.with(w, x) }, votes))
          .logLikelihood +
        s * Math.log(x * (1 - x));
      expect(Math.abs(slope(f, a))).toBeLessThan(1e-4);
    });
    const mace = infer(votes, 'mace', { ...run, smoothing: s });
    mace.competence.forEach((c, w) => {
      const f = (x: number): number =>
        bayes(votes, uniform, voteProbability({ ...mace, competence: mace.competence.with(w, x) }, votes))
          .logLikelihood +
        s * Math.log(x * (1 - x));
      expect(Math.abs(slope(f, c))).toBeLessThan(1e-4);
    });
  });
});

describe('M-step of GLAD and RAF', () => {
  const index = indexVotes(randomVotes(5));
  const random = new Random(5, 'm-step');
  const posterior = Float64Array.from({ length: index.T * K }, () => random.uniform());
  for (let t = 0; t < index.T; t++) {
    const total = posterior.subarray(t * K, t * K + K).reduce((a, b) => a + b);
    for (let k = 0; k < K; k++) posterior[t * K + k]! /= total;
  }

  /** Σ_votes Σₖ q[t,k] ln p(l | k), without the terms that α and β do not move */
  const expected = (alpha: Float64Array, beta: Float64Array): number => {
    let sum = 0;
    for (let t = 0; t < index.T; t++) {
      for (let v = index.taskStart[t]!; v < index.taskStart[t + 1]!; v++) {
        const z = alpha[index.workerOfTask[v]!]! * beta[t]!;
        for (let k = 0; k < K; k++)
          sum += posterior[t * K + k]! * Math.log(sigmoid(k === index.labelOfTask[v]! ? z : -z));
      }
    }
    return sum;
  };
  const changed = (values: Float64Array, i: number, value: number): Float64Array => values.with(i, value);
  const alpha = Float64Array.from({ length: index.W }, () => 2 * random.normal());
  const beta = Float64Array.from({ length: index.T }, () => Math.exp(random.normal()));

  function check(coordinate: Coordinate, i: number, c: number, u: number, objective: (u: number) => number): void {
    coordinate.select(i, c);
    const valueAt = (x: number): number => {
      coordinate.evaluate(x);
      return coordinate.value;
    };
    const gradientAt = (x: number): number => {
      coordinate.evaluate(x);
      return coordinate.gradient;
    };
    coordinate.evaluate(u);
    const { gradient, curvature } = coordinate;
    expect(Math.abs(gradient - slope(objective, u))).toBeLessThan(1e-6);
    expect(Math.abs(curvature + slope(gradientAt, u))).toBeLessThan(1e-6);
    expect(valueAt(u + 0.1) - valueAt(u)).toBeCloseTo(objective(u + 0.1) - objective(u), 9);
  }

  it.each([undefined, 1])('has the gradients of central differences, prior mean %s', (mean) => {
    const prior = (u: number): number => (mean === undefined ? 0 : -0.5 * (u - mean) ** 2);
    const workers = new Coordinate(index.workerStart, index.taskOfWorker, beta, false, mean);
    for (let w = 0; w < index.W; w++) {
      let c = 0;
      for (let v = index.workerStart[w]!; v < index.workerStart[w + 1]!; v++)
        c += posterior[index.taskOfWorker[v]! * K + index.labelOfWorker[v]!]! * beta[index.taskOfWorker[v]!]!;
      check(workers, w, c, alpha[w]!, (a) => expected(changed(alpha, w, a), beta) + prior(a));
    }
    const isLog = mean !== undefined;
    const tasks = new Coordinate(index.taskStart, index.workerOfTask, alpha, isLog, mean);
    for (let t = 0; t < index.T; t++) {
      let c = 0;
      for (let v = index.taskStart[t]!; v < index.taskStart[t + 1]!; v++)
        c += posterior[t * K + index.labelOfTask[v]!]! * alpha[index.workerOfTask[v]!]!;
      check(
        tasks,
        t,
        c,
        isLog ? Math.log(beta[t]!) : beta[t]!,
        (u) => expected(alpha, changed(beta, t, isLog ? Math.exp(u) : u)) + prior(u),
      );
    }
  });

  it('never goes down, also from far away and into the bounds', () => {
    const tasks = new Coordinate(index.taskStart, index.workerOfTask, alpha, true, 1);
    for (let t = 0; t < index.T; t++) {
      for (const start of [-200, -5, 0, 5, 50]) {
        tasks.select(t, 0.3);
        tasks.evaluate(start);
        const before = tasks.value;
        const next = tasks.ascend(start, -10, 8);
        tasks.evaluate(next);
        if (start >= -10 && start <= 8) expect(tasks.value).toBeGreaterThanOrEqual(before);
        expect(next === start || (next >= -10 && next <= 8)).toBe(true);
      }
    }
  });
});

describe('M-steps in closed form', () => {
  const s = 0.4;
  const index: VoteIndex = indexVotes(randomVotes(6));
  const { T, W } = index;
  const forEachVote = (visit: (t: number, w: number, l: number) => void): void => {
    for (let t = 0; t < T; t++)
      for (let v = index.taskStart[t]!; v < index.taskStart[t + 1]!; v++)
        visit(t, index.workerOfTask[v]!, index.labelOfTask[v]!);
  };
  const softmax = (logits: Float64Array, from: number): number[] => {
    const e = [0, 1, 2].map((k) => Math.exp(logits[from + k]!));
    return e.map((value) => value / (e[0]! + e[1]! + e[2]!));
  };
  /** All slopes of f at logits are 0 to 1e-6. */
  const expectStationary = (f: (logits: Float64Array) => number, logits: Float64Array): void => {
    for (let i = 0; i < logits.length; i++)
      expect(Math.abs(slope((x) => f(logits.with(i, x)), logits[i]!))).toBeLessThan(1e-6);
  };

  it('Dawid–Skene: the expected log-likelihood with its penalty has slope 0 in every logit', () => {
    const model = new DawidSkene(index, { smoothing: s });
    const q = model.posterior;
    expectStationary((logits) => {
      let sum = 0;
      forEachVote((t, w, l) => {
        for (let k = 0; k < K; k++) sum += q[t * K + k]! * Math.log(softmax(logits, (w * K + k) * K)[l]!);
      });
      for (let row = 0; row < W * K; row++) for (const p of softmax(logits, row * K)) sum += s * Math.log(p);
      return sum;
    }, model.confusion().map(Math.log));
    expectStationary(
      (logits) => q.reduce((sum, p, i) => sum + p * Math.log(softmax(logits, 0)[i % K]!), 0),
      model.classPrior.map(Math.log),
    );
  });

  it('one-coin: likewise', () => {
    const model = new OneCoin(index, s);
    const q = model.posterior;
    expectStationary(
      (logits) => {
        let sum = 0;
        const accuracy = logits.map(sigmoid);
        forEachVote((t, w, l) => {
          for (let k = 0; k < K; k++)
            sum += q[t * K + k]! * Math.log(k === l ? accuracy[w]! : (1 - accuracy[w]!) / (K - 1));
        });
        return accuracy.reduce((total, a) => total + s * Math.log(a * (1 - a)), sum);
      },
      model.accuracy.map((a) => Math.log(a / (1 - a))),
    );
  });

  it('MACE: likewise, with who spammed when as hidden as the classes', () => {
    const model = new Mace(index, s);
    const q = model.posterior;
    const start = { competence: 0.5, spam: 1 / K };
    const told = (t: number, l: number): number =>
      (q[t * K + l]! * start.competence) / (start.competence + (1 - start.competence) * start.spam);
    expectStationary(
      (logits) => {
        let sum = 0;
        const competence = logits.map(sigmoid);
        forEachVote((t, w, l) => {
          sum += told(t, l) * Math.log(competence[w]!) + (1 - told(t, l)) * Math.log(1 - competence[w]!);
        });
        return competence.reduce((total, c) => total + s * Math.log(c * (1 - c)), sum);
      },
      model.competence.map((c) => Math.log(c / (1 - c))),
    );
    expectStationary((logits) => {
      let sum = 0;
      forEachVote((t, w, l) => {
        sum += (1 - told(t, l)) * Math.log(softmax(logits, w * K)[l]!);
      });
      for (let w = 0; w < W; w++) for (const p of softmax(logits, w * K)) sum += s * Math.log(p);
      return sum;
    }, model.spam.map(Math.log));
  });
});
