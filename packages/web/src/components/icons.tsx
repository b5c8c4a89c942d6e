/** Line icons, 20 px, in the weight of the text. */
const PATHS = {
  photos: 'M3 5.5h14v11H3zM3 13.5l4-4 3.5 3.5 2.5-2.5 4 4M13 8.5h.01',
  folder: 'M2.5 16V5h5l1.5 2h8.5v9z',
  camera: 'M2.5 6.5h3l1.5-2h6l1.5 2h3v10h-15zM10 14.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  video: 'M2.5 5.5h10v9h-10zM12.5 9l5-3v8l-5-3z',
  download: 'M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1 1M14.7 14.7l1 1M4.3 15.7l1-1M14.7 5.3l1-1',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z',
  screen: 'M2.5 4h15v10h-15zM7 17h6',
  close: 'M5 5l10 10M15 5L5 15',
  play: 'M6 4l10 6-10 6z',
  stop: 'M5.5 5.5h9v9h-9z',
  check: 'M4 10.5l4 4 8-9',
  warning: 'M10 3l8 14H2zM10 8v4M10 14.5h.01',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  cube: 'M10 2.5l6.5 3.7v7.6L10 17.5l-6.5-3.7V6.2zM10 10l6.5-3.8M10 10v7.5M10 10L3.5 6.2',
  left: 'M12.5 4l-6 6 6 6',
  right: 'M7.5 4l6 6-6 6',
  up: 'M4 12.5l6-6 6 6',
  down: 'M4 7.5l6 6 6-6',
  help: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.8 7.8a2.3 2.3 0 1 1 3.2 2.1c-.7.3-1 .8-1 1.6M10 14.2v.01',
  plus: 'M10 4v12M4 10h12',
  reset: 'M4 10a6 6 0 1 0 2-4.5M4 3v4h4',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
