/** Whether the page is dark now, by the user's choice or the system's. */
import { useSyncExternalStore } from 'react';
import { settings } from '../state/settings.ts';
import { useStore } from '../state/store.ts';

const query = matchMedia('(prefers-color-scheme: dark)');
const subscribe = (listener: () => void): (() => void) => {
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
};

export function useIsDark(): boolean {
  const theme = useStore(settings, (value) => value.theme);
  const isSystemDark = useSyncExternalStore(subscribe, () => query.matches);
  return theme === 'dark' || (theme === 'system' && isSystemDark);
}
