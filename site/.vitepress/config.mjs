// The site's pages, their order, and how they look. See build.mjs.
import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitepress';
import { API_PAGES } from '../api.mjs';
import { COMMAND_PAGES } from '../commands.mjs';
import { rewriteLinks } from '../links.mjs';
import { pagesOfSite, ROOT, titleOf } from '../paths.mjs';

const pages = pagesOfSite();

/** The pages of a folder of docs/, by name. */
const pagesOf = (folder) =>
  readdirSync(`${ROOT}docs/${folder}`)
    .sort()
    .map((file) => ({ text: titleOf(`docs/${folder}/${file}`).replaceAll('`', ''), link: `/${folder}/${file}` }));

const GUIDES = [
  'web',
  'browser',
  'detectors',
  'train-your-own',
  'fine-tune-onnx',
  'beyond-one-class',
  'faces-in-3d',
  'characters',
  'action-units',
  'ha-gan',
  'generative',
  'annotate',
  'crowd-labels',
  'databases',
  'protocols',
  'raf-db-study',
  'server',
  'deep-emotion-study',
  'devices',
];
const listed = readdirSync(`${ROOT}docs/guides`).map((file) => file.replace(/\.md$/, ''));
if (listed.sort().join() !== [...GUIDES].sort().join())
  throw new Error(
    `docs/guides has ${listed.join(', ')}; the sidebar (site/.vitepress/config.mjs) has ${GUIDES.join(', ')}`,
  );

const sidebar = [
  {
    text: 'Mien',
    items: [
      { text: 'Overview', link: '/overview' },
      { text: 'The library', link: '/library' },
      { text: 'The command', link: '/cli' },
    ],
  },
  {
    text: 'Guides',
    items: GUIDES.map((guide) => ({ text: titleOf(`docs/guides/${guide}.md`), link: `/guides/${guide}` })),
  },
  {
    text: 'Commands',
    collapsed: true,
    items: [
      { text: 'All commands', link: '/commands/' },
      ...COMMAND_PAGES.map(({ command, page }) => ({ text: command, link: `/${page}` })),
    ],
  },
  {
    text: 'API',
    collapsed: true,
    items: [
      { text: 'All entries', link: '/api/' },
      ...API_PAGES.map(({ specifier, page }) => ({ text: specifier, link: `/${page}` })),
    ],
  },
  {
    text: 'Measured',
    items: [
      { text: 'Benchmarks', link: '/benchmarks' },
      { text: 'Experiments', link: '/experiments' },
      { text: 'How figures are measured', link: '/bench' },
      { text: 'Papers', link: '/papers' },
    ],
  },
  {
    text: 'Development',
    items: [
      { text: 'Architecture', link: '/architecture' },
      { text: 'Contributing', link: '/contributing' },
      { text: 'Changelog', link: '/changelog' },
    ],
  },
  { text: 'Decisions', collapsed: true, items: pagesOf('adr') },
  { text: 'Derivations', collapsed: true, items: pagesOf('derivations') },
];

export default defineConfig({
  title: 'Mien',
  description: 'Facial expression recognition in TypeScript: recognise, explain, label, train, evaluate',
  lang: 'en-GB',
  head: [['link', { rel: 'icon', href: '/face.svg' }]],
  srcDir: '..',
  outDir: './dist',
  cacheDir: './.vitepress/cache',
  srcExclude: [
    '!(docs|site|packages|bench)/**/*',
    'site/!(generated)/**/*',
    'bench/*/**/*',
    'packages/!(mien|cli)/**/*',
    'packages/*/!(models)/**/*',
  ],
  rewrites: (file) => pages.get(file) ?? file,
  cleanUrls: false,
  ignoreDeadLinks: false,
  // Places are called as repository hosts and TypeDoc call them
  markdown: {
    config: rewriteLinks,
    anchor: {
      slugify: (heading) =>
        heading
          .trim()
          .toLowerCase()
          .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
          .replaceAll(' ', '-'),
    },
  },
  vite: { publicDir: `${ROOT}docs/pictures`, build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    search: { provider: 'local' },
    outline: { level: [2, 3] },
    nav: [
      { text: 'Guides', link: '/guides/browser' },
      { text: 'Commands', link: '/commands/' },
      { text: 'API', link: '/api/' },
      { text: 'Benchmarks', link: '/benchmarks' },
    ],
    sidebar,
    docFooter: { prev: false, next: false },
    footer: { message: 'Apache-2.0. Mien reports how an expression appears, not what a person feels.' },
  },
});
