/** The training step in a browser: the same code, ONNX Runtime's WebAssembly build under it. */
import { expect, it } from 'vitest';
import { allclose } from '../allclose.ts';
import { requireChromium, withPage } from './chromium.ts';
import { trainSmall } from './train-small.ts';

it('follows Node for twenty steps in Chromium', async ({ skip }) => {
  const executable = requireChromium(skip);
  const expected = await trainSmall('cpu');
  expect(expected).toHaveLength(20);
  expect(expected.at(-1)!).toBeLessThan(expected[0]! / 2);
  await withPage(executable, new URL('./page.ts', import.meta.url), async (page) => {
    const run = (device: string): Promise<number[]> =>
      page.evaluate(
        (d) => (globalThis as unknown as { trainSmall(device: string): Promise<number[]> }).trainSmall(d),
        device,
      );
    allclose(await run('cpu'), expected, { rtol: 0, atol: 1e-4 });
    await expect(run('cuda')).rejects.toThrow(
      'cannot be loaded on cuda, which a browser does not have; use webgpu or cpu',
    );
    await expect(run('webgpu')).rejects.toThrow('cannot be loaded on webgpu');
  });
});
