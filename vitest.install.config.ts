/** The one test that takes minutes, alone. */
import { defineConfig } from 'vitest/config';
import everything, { INSTALL_TEST } from './vitest.config.ts';

export default defineConfig({ ...everything, test: { ...everything.test, include: [INSTALL_TEST], exclude: [] } });
