/** What axe finds that is serious or critical. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

export async function problems(page: Page, rules?: string[]): Promise<string[]> {
  await page.evaluate(`globalThis.axe ?? (() => {${axe.source}})()`);
  return page.evaluate(async (only) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      resultTypes: ['violations'],
      ...(only ? { runOnly: only } : {}),
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  }, rules);
}
