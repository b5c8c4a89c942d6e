/**
 * The build of the web application. Modules of the library are taken from its source; `mienjs/predict/node`, with which
 * the models are copied, from what `tsc -b` built.
 */
import react from '@vitejs/plugin-react';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelCards } from './build/model-cards.mjs';
import { modelFiles } from './build/model-files.mjs';
import { serviceWorker } from './build/service-worker-plugin.mjs';

/** What a page needs to be isolated, so that WebAssembly may use threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** @type {import('vite').UserConfig} */
export default {
  root: dirname(fileURLToPath(import.meta.url)),
  base: './',
  plugins: [react(), modelCards(), modelFiles(), serviceWorker()],
  resolve: { conditions: ['mien-source', 'browser', 'module', 'import', 'default'] },
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    // Fonts and pictures stay files: the page's policy allows no data: addresses for fonts
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
};
