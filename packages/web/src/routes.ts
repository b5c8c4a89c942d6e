/** The pages, by the address's fragment, so that any server of files will do. */
import { useSyncExternalStore } from 'react';

export const PAGES = {
  recognize: { path: '#/', title: 'Recognise' },
  'explain-3d': { path: '#/3d', title: 'In 3-D' },
  models: { path: '#/models', title: 'Models' },
  about: { path: '#/about', title: 'About' },
} as const;
export type PageName = keyof typeof PAGES;

function current(): PageName {
  const found = Object.entries(PAGES).find(([, { path }]) => path === location.hash);
  return (found?.[0] ?? 'recognize') as PageName;
}

const subscribe = (listener: () => void): (() => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

export const usePage = (): PageName => useSyncExternalStore(subscribe, current);
export const go = (page: PageName): void => {
  location.hash = PAGES[page].path;
};
