/** The pages, by the address's fragment, so that any server of files will do. */
import { useSyncExternalStore } from 'react';

export const PAGES = {
  recognize: { path: '#/', title: 'Recognise' },
  'explain-3d': { path: '#/3d', title: 'In 3-D' },
  models: { path: '#/models', title: 'Models' },
  annotate: { path: '#/annotate', title: 'Annotate' },
  projects: { path: '#/projects', title: 'Projects' },
  about: { path: '#/about', title: 'About' },
} as const;
export type PageName = keyof typeof PAGES;

/** The parts of the address below a page: an id, and what of it is shown. */
export interface Place {
  readonly page: PageName;
  readonly parts: readonly string[];
}

function placeOf(hash: string): Place {
  const [first = '', ...parts] = hash.replace(/^#?\/?/, '').split('/');
  const found = Object.entries(PAGES).find(([, { path }]) => path === `#/${first}`);
  return { page: (found?.[0] ?? 'recognize') as PageName, parts: parts.filter((part) => part !== '') };
}

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

export const usePlace = (): Place => placeOf(useSyncExternalStore(subscribe, () => location.hash));
export const go = (page: PageName, ...parts: readonly string[]): void => {
  location.hash = [PAGES[page].path, ...parts].join('/');
};
