/** Devices of ONNX Runtime in Node: each computes the same, or says in one line what it lacks. */
import { execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { allclose, withFiles } from 'mien-testkit';
import { expect, it } from 'vitest';
import { MienError } from '../errors.ts';
import { encodeModel, GraphBuilder } from '../onnx/index.ts';
import { float32 } from '../tensor/index.ts';
import { createSession, type Device } from './index.ts';

const NEEDS: Readonly<Record<Device, RegExp>> = {
  cpu: /never/,
  webgpu:
    /^double: cannot be loaded on webgpu \(.+\); it needs a GPU with its driver for Vulkan, Metal or Direct3D 12, or use cpu$/,
  cuda: /^double: cannot be loaded on cuda \(.+\); it needs an NVIDIA GPU, CUDA 12, cuDNN 9 and ONNX Runtime's files for CUDA, or use cpu$/,
};

it.each(['cpu', 'webgpu', 'cuda'] as const)('computes on %s, or says what is missing', async (device) => {
  const b = new GraphBuilder('double');
  b.output(b.op('Mul', [b.input('x', 'float32', [3]), 2]), 'y');
  try {
    const session = await createSession(encodeModel(b.graph), { device }, 'double');
    allclose((await session.run({ x: float32([3], [1, -2, 3]) }))['y']!, [2, -4, 6], { rtol: 1e-6 });
    await session.release();
  } catch (error) {
    if (!(error instanceof MienError)) throw error;
    expect(error.message).toMatch(NEEDS[device]);
  }
});

it("keeps the runtime from reporting its use: the reporter's files are not made", async () => {
  await withFiles({}, async (folder) => {
    const program = `
      const { createSession } = await import('mienjs/runtime');
      const { encodeModel, GraphBuilder } = await import('mienjs/onnx');
      const b = new GraphBuilder('double');
      b.output(b.op('Mul', [b.input('x', 'float32', [3]), 2]), 'y');
      await (await createSession(encodeModel(b.graph))).release();`;
    const { ORT_DISABLE_TELEMETRY: _, NODE_OPTIONS: __, ...env } = process.env;
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      env: { ...env, TMPDIR: folder, TEMP: folder },
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
