/**
 * The forms of a convolution's three passes, on one thread, by shape: what the choices of autodiff/rules/conv.ts and
 * autodiff/lowering/conv-patches.ts rest on. Batch 64, square images and kernels, padding that keeps the size at stride
 * 1.
 */
import { CONVOLUTION_FORMS, convGeometry } from 'mienjs/autodiff';
import { encodeModel, GraphBuilder, type Value } from 'mienjs/onnx';
import { createSession, type Session } from 'mienjs/runtime';
import { Random, sizeOf, tensor, type Tensor } from 'mienjs/tensor';
import { interleave, median, millisecondsPerRun } from '../timing.ts';

export interface LoweringRow {
  readonly bench: 'engine-lowerings';
  /** C→O, size, kernel, stride. */
  readonly shape: string;
  readonly pass: 'forward' | 'weight' | 'input';
  readonly form: string;
  readonly ms: number;
}

interface Case {
  readonly c: number;
  readonly o: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
}

const BATCH = 64;
const CASES: readonly Case[] = [
  { c: 512, o: 512, size: 2, kernel: 3, stride: 1 },
  { c: 256, o: 512, size: 3, kernel: 3, stride: 2 },
  { c: 256, o: 256, size: 3, kernel: 3, stride: 1 },
  { c: 128, o: 128, size: 6, kernel: 3, stride: 1 },
  { c: 64, o: 64, size: 6, kernel: 3, stride: 1 },
  { c: 32, o: 32, size: 6, kernel: 3, stride: 1 },
  { c: 32, o: 32, size: 3, kernel: 3, stride: 1 },
  { c: 64, o: 64, size: 12, kernel: 3, stride: 1 },
  { c: 64, o: 64, size: 24, kernel: 3, stride: 1 },
];
const MAX_ROUNDS = 5;

export async function benchLowerings(rounds: number): Promise<LoweringRow[]> {
  const rows: LoweringRow[] = [];
  for (const shape of CASES) {
    const forms = await formsOf(shape);
    const times = await interleave(
      forms.map(
        ({ session, feeds }) =>
          () =>
            millisecondsPerRun(() => session.run(feeds)),
      ),
      Math.min(rounds, MAX_ROUNDS),
    );
    const { c, o, size, kernel, stride } = shape;
    forms.forEach(({ pass, form }, i) =>
      rows.push({
        bench: 'engine-lowerings',
        shape: `${c}→${o}, ${size}×${size}, ${kernel}×${kernel}, stride ${stride}`,
        pass,
        form,
        ms: median(times[i]!),
      }),
    );
    await Promise.all(forms.map(({ session }) => session.release()));
  }
  return rows;
}

interface Form {
  readonly pass: LoweringRow['pass'];
  readonly form: string;
  readonly session: Session;
  readonly feeds: Record<string, Tensor>;
}

async function formsOf({ c, o, size, kernel, stride }: Case): Promise<Form[]> {
  const pad = (kernel - 1) / 2;
  const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const dims = { x: [BATCH, c, size, size], w: [o, c, kernel, kernel], dY: [BATCH, o, out, out] };
  const random = new Random(1, 'lowerings');
  const values = Object.fromEntries(
    Object.entries(dims).map(([name, d]) => [
      name,
      tensor(
        'float32',
        d,
        Float32Array.from({ length: sizeOf(d) }, () => random.normal()),
      ),
    ]),
  );
  const attrs = { strides: [stride, stride], pads: [pad, pad, pad, pad] };

  type Build = (
    b: GraphBuilder,
    v: Readonly<Record<keyof typeof dims, Value>>,
    geo: ReturnType<typeof convGeometry>,
  ) => Value;
  const { forward, weight, input } = CONVOLUTION_FORMS;
  const builds: [LoweringRow['pass'], string, Build][] = [
    ['forward', 'conv', (b, { x, w }) => b.op('Conv', [x, w, null], attrs)],
    ['forward', 'patches', (b, { x, w }, geo) => forward.patches(b, x, w, null, dims.dY, geo)],
    ...Object.entries(weight)
      .filter(([form]) => form !== 'rows' || stride === 1)
      .map(([form, build]): [LoweringRow['pass'], string, Build] => [
        'weight',
        form,
        (b, { x, dY }, geo) => build(b, x, dY, geo),
      ]),
    ...Object.entries(input).map(([form, build]): [LoweringRow['pass'], string, Build] => [
      'input',
      form,
      (b, { dY, w }, geo) => build(b, dY, w, dims.x, geo),
    ]),
  ];
  return Promise.all(
    builds.map(async ([pass, form, build]) => {
      const geometry = new GraphBuilder('geometry');
      geometry.op(
        'Conv',
        [geometry.input('x', 'float32', dims.x), geometry.input('w', 'float32', dims.w), null],
        attrs,
      );
      const b = new GraphBuilder(`${pass} by ${form}`);
      const inputs = {
        x: b.input('x', 'float32', dims.x),
        w: b.input('w', 'float32', dims.w),
        dY: b.input('dY', 'float32', dims.dY),
      };
      b.output(build(b, inputs, convGeometry(geometry.graph.nodes[0]!, dims.x, dims.w)), 'result');
      return { pass, form, session: await createSession(encodeModel(b.graph), { threads: 1 }), feeds: values };
    }),
  );
}
