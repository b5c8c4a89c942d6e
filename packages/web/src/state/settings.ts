/** What the user chose, kept in this browser. */
import type { DeviceChoice } from '../worker/protocol.ts';
import { Store } from './store.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  readonly theme: Theme;
  readonly model: string;
  readonly isAccurate: boolean;
  readonly device: DeviceChoice;
  /** Whether faces get estimates of action units. */
  readonly givesUnits: boolean;
  readonly showsBoxes: boolean;
  readonly showsLandmarks: boolean;
  readonly showsMesh: boolean;
  /** Whether the camera's picture is shown as in a mirror. */
  readonly isMirrored: boolean;
  /** Whether a character wears the expression, and which. */
  readonly showsCharacter: boolean;
  readonly character: string;
  /** Frames a second that are read from a video file. */
  readonly framesPerSecond: number;
}

const INITIAL: Settings = {
  theme: 'system',
  model: 'default',
  isAccurate: false,
  device: 'auto',
  givesUnits: false,
  showsBoxes: true,
  showsLandmarks: false,
  showsMesh: false,
  isMirrored: true,
  showsCharacter: false,
  character: 'nora',
  framesPerSecond: 5,
};
const KEY = 'mien-settings';

export const settings = new Store<Settings>(kept());
settings.subscribe(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings.get()));
  } catch {
    // Private windows may have no storage; the choice then holds until the page is closed
  }
});

function kept(): Settings {
  let value: unknown;
  try {
    value = JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return INITIAL;
  }
  const known = Object.entries((value ?? {}) as Record<string, unknown>).filter(
    ([name, own]) => name in INITIAL && typeof own === typeof INITIAL[name as keyof Settings],
  );
  return { ...INITIAL, ...(Object.fromEntries(known) as Partial<Settings>) };
}
