import { configDefaults, defineConfig } from 'vitest/config';

/** Packs, installs and bundles the packages: five minutes, `npm run test:install`. */
export const INSTALL_TEST = 'packages/testkit/src/package/install.test.ts';

export default defineConfig({
  resolve: { conditions: ['mien-source'] },
  ssr: { resolve: { conditions: ['mien-source', 'node', 'module', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: [...configDefaults.exclude, INSTALL_TEST],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // What a busy machine does late, it still does: one second is no verdict
    expect: { poll: { timeout: 15_000 } },
    // Browsers and killed processes meet stalls of a shared machine: what fails twice in CI has failed
    retry: process.env['CI'] === undefined ? 0 : 1,
    pool: 'forks',
    maxWorkers: 2,
  },
});
