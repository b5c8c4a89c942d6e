/** The switch of the character, and its panel, which is loaded when it is first shown. */
import { lazy, Suspense } from 'react';
import { Switch } from 'radix-ui';
import { settings } from '../state/settings.ts';
import { useStore } from '../state/store.ts';
import type { CharacterPanelProps } from './character-panel.tsx';

const CharacterPanel = lazy(() => import('./character-panel.tsx'));

export function CharacterSwitch() {
  const isShown = useStore(settings, ({ showsCharacter }) => showsCharacter);
  return (
    <label className="inline-switch">
      <Switch.Root
        className="switch"
        checked={isShown}
        onCheckedChange={(value) => settings.set({ showsCharacter: value })}
        aria-label="A character that wears the expression"
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
      Character
    </label>
  );
}

/** Nothing while the switch is off. */
export function Character(props: CharacterPanelProps) {
  const isShown = useStore(settings, ({ showsCharacter }) => showsCharacter);
  return isShown ? (
    <Suspense fallback={null}>
      <CharacterPanel {...props} />
    </Suspense>
  ) : null;
}
