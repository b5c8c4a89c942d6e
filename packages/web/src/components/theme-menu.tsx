/** Light, dark, or as the system has it. */
import { DropdownMenu } from 'radix-ui';
import { useEffect } from 'react';
import { settings, type Theme } from '../state/settings.ts';
import { useStore } from '../state/store.ts';
import { Icon, type IconName } from './icons.tsx';

const THEMES: readonly { readonly value: Theme; readonly title: string; readonly icon: IconName }[] = [
  { value: 'system', title: 'As the system', icon: 'screen' },
  { value: 'light', title: 'Light', icon: 'sun' },
  { value: 'dark', title: 'Dark', icon: 'moon' },
];

export function ThemeMenu() {
  const theme = useStore(settings, (value) => value.theme);
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="icon-button" aria-label="Colours of the page">
        <Icon name={THEMES.find(({ value }) => value === theme)!.icon} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => settings.set({ theme: value as Theme })}>
            {THEMES.map(({ value, title, icon }) => (
              <DropdownMenu.RadioItem key={value} value={value} className="menu-item">
                <Icon name={icon} /> {title}
                <DropdownMenu.ItemIndicator className="menu-check">
                  <Icon name="check" />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
