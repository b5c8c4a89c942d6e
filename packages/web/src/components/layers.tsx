/** What is drawn over the picture: three switches, each with its key. */
import { ToggleGroup } from 'radix-ui';
import { settings } from '../state/settings.ts';
import { useStore } from '../state/store.ts';

const LAYERS = [
  { value: 'showsBoxes', title: 'Boxes', key: 'b' },
  { value: 'showsLandmarks', title: 'Landmarks', key: 'l' },
  { value: 'showsMesh', title: 'Mesh', key: 'm' },
] as const;

export function Layers() {
  const shown = useStore(settings, (value) => value);
  return (
    <ToggleGroup.Root
      className="segments"
      type="multiple"
      aria-label="Drawn over the picture"
      value={LAYERS.filter(({ value }) => shown[value]).map(({ value }) => value)}
      onValueChange={(values) =>
        settings.set(Object.fromEntries(LAYERS.map(({ value }) => [value, values.includes(value)])))
      }
    >
      {LAYERS.map(({ value, title, key }) => (
        <ToggleGroup.Item key={value} className="segment" value={value} aria-keyshortcuts={key}>
          {title}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

/** @returns whether the key was one of a layer */
export function toggleLayer(key: string): boolean {
  const layer = LAYERS.find((one) => one.key === key);
  if (layer) settings.set((value) => ({ [layer.value]: !value[layer.value] }));
  return layer !== undefined;
}
