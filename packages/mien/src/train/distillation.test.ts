/** Teacher and student: the loss by hand, and a student that comes nearer to a teacher that stays as it is. */
import { allclose } from 'mien-testkit';
import { describe, expect, it } from 'vitest';
import { gradients } from '../autodiff/index.ts';
import { flatten, linear, NetworkBuilder, relu, type Network } from '../nn/index.ts';
import { crossEntropyLoss, distillationLoss, withTeacher } from '../nn/losses/index.ts';
import { evaluateGraph } from '../onnx/index.ts';
import { adam } from '../optim/index.ts';
import { Random, float32, type Tensor } from '../tensor/index.ts';
import { Trainer, type StepSpec } from './step.ts';

describe('distillation', () => {
  it('is T²·KL, with gradient T·(q − p)/N', () => {
    const b = new NetworkBuilder('loss');
    const student = b.input('student', 'float32', [1, 2]);
    const loss = distillationLoss(b, student, b.input('teacher', 'float32', [1, 2]), { temperature: 2 });
    b.output(gradients(b, loss, [student])[0]!, 'gradient');
    b.output(loss, 'loss');
    // at T = 2: p = (¾, ¼), q = (½, ½)
    const out = evaluateGraph(b.graph, {
      student: float32([1, 2], [0, 0]),
      teacher: float32([1, 2], [2 * Math.log(3), 0]),
    });
    allclose(out['loss']!, [4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5))], { rtol: 1e-6 });
    allclose(out['gradient']!, [-0.5, 0.5], { rtol: 1e-6 });
  });

  it('refuses a temperature of 0 and logits of different shapes', () => {
    const b = new NetworkBuilder('loss');
    const [s, t] = [b.input('s', 'float32', [1, 2]), b.input('t', 'float32', [1, 3])];
    expect(() => distillationLoss(b, s, s, { temperature: 0 })).toThrow(
      /temperature: expected a positive number, got 0/,
    );
    expect(() => distillationLoss(b, s, t, { temperature: 1 })).toThrow(/student \[1,2\] and teacher \[1,3\] differ/);
  });
});

const perceptron = (name: string, hidden: number): Network => ({
  name,
  input: { channels: 1, height: 1, width: 2 },
  build: (b, x) => ({
    logits: linear(b, 'out', relu(b, linear(b, 'hidden', flatten(b, x), { features: hidden })), { features: 3 }),
  }),
});
const BATCH = 64;

/** Points of the plane in three rings about the origin. */
function rings(step: number): Record<string, Tensor> {
  const random = new Random(7, `rings/${step}`);
  const points = Array.from({ length: BATCH }, () => [random.normal(), random.normal()] as const);
  const ring = (p: readonly [number, number]): number => (Math.hypot(...p) < 0.8 ? 0 : Math.hypot(...p) < 1.5 ? 1 : 2);
  return {
    x: float32([BATCH, 1, 1, 2], points.flat()),
    'target.logits': float32(
      [BATCH, 3],
      points.flatMap((p) => [0, 1, 2].map((k) => (k === ring(p) ? 1 : 0))),
    ),
  };
}

const shared: Pick<StepSpec, 'batchSize' | 'targets' | 'optimizer' | 'seed'> = {
  batchSize: BATCH,
  targets: { logits: [3] },
  optimizer: adam(),
  seed: 3,
};

it('brings a student nearer to its teacher than labels do, and leaves the teacher out of what is carried', async () => {
  const teacherNetwork = perceptron('teacher', 32);
  const teacher = await Trainer.create(
    { ...shared, network: teacherNetwork, loss: (b, o, t) => crossEntropyLoss(b, o['logits']!, t['logits']!) },
    { threads: 1 },
  );
  for (let i = 0; i < 300; i++) await teacher.run(rings(i), 0.01);

  /**
   * The mean distance to the teacher over the last steps of 300 with this weight of the soft part, and over the first.
   */
  const learn = async (weight: number): Promise<{ first: number; last: number; names: string[] }> => {
    const student = await Trainer.create(
      {
        ...shared,
        network: withTeacher(perceptron('student', 12), teacherNetwork, teacher.weights()),
        loss: (b, o, t) => [
          { name: 'soft', value: distillationLoss(b, o['logits']!, o['teacher.logits']!, { temperature: 2 }), weight },
          { name: 'hard', value: crossEntropyLoss(b, o['logits']!, t['logits']!), weight: 1 - weight },
        ],
      },
      { threads: 1 },
    );
    const distances: number[] = [];
    for (let i = 0; i < 300; i++) distances.push((await student.run(rings(1000 + i), 0.01)).parts['soft']!);
    const mean = (values: number[]): number => values.reduce((a, c) => a + c) / values.length;
    const names = [...student.state.keys()];
    await student.release();
    return { first: mean(distances.slice(0, 20)), last: mean(distances.slice(-20)), names };
  };
  const [taught, alone] = [await learn(0.9), await learn(0)];
  expect(taught.last).toBeLessThan(taught.first / 5);
  expect(taught.last).toBeLessThan(alone.last);
  expect(taught.names.filter((n) => !n.includes(':')).sort()).toEqual([
    'hidden.bias',
    'hidden.weight',
    'out.bias',
    'out.weight',
  ]);
  await teacher.release();
});

it('is the student alone in inference; weights that lack a parameter, or networks of other inputs, are refused', () => {
  const [student, teacher] = [perceptron('student', 2), perceptron('teacher', 4)];
  const build = (training: boolean): string[] => {
    const b = new NetworkBuilder('n', { training });
    return Object.keys(withTeacher(student, teacher, new Map()).build(b, b.input('x', 'float32', [1, 1, 1, 2])));
  };
  expect(build(false)).toEqual(['logits']);
  expect(() => build(true)).toThrow(/the weights given for "teacher" lack "teacher\.hidden\.weight"/);
  expect(() => withTeacher(student, { ...teacher, input: { channels: 3, height: 1, width: 2 } }, new Map())).toThrow(
    /student student takes 1×1×2, teacher teacher takes 3×1×2/,
  );
});
