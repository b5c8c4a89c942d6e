/** Results as files, in every format of the command. */
import { formatNamed, type FormatName, type ImageResult } from 'mienjs/results';
import { DropdownMenu } from 'radix-ui';
import { Icon } from './icons.tsx';

const CHOICES: readonly {
  readonly format: FormatName;
  readonly title: string;
  readonly file: string;
  readonly type: string;
}[] = [
  { format: 'csv', title: 'CSV: a row for each face', file: 'expressions.csv', type: 'text/csv' },
  { format: 'json', title: 'JSON', file: 'expressions.json', type: 'application/json' },
  { format: 'jsonl', title: 'JSON lines', file: 'expressions.jsonl', type: 'application/jsonl' },
  { format: 'openface', title: "CSV with OpenFace's columns", file: 'expressions.openface.csv', type: 'text/csv' },
  { format: 'pyfeat', title: "CSV with Py-Feat's columns", file: 'expressions.pyfeat.csv', type: 'text/csv' },
  { format: 'table', title: 'Text, for reading', file: 'expressions.txt', type: 'text/plain' },
];

/** @param results gives what is saved, when it is asked for */
export function DownloadMenu({
  model,
  results,
  isDisabled,
}: {
  readonly model: string;
  readonly results: () => readonly ImageResult[];
  readonly isDisabled: boolean;
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger className="button" disabled={isDisabled}>
        <Icon name="download" /> Save results
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
          {CHOICES.map(({ format, title, file, type }) => (
            <DropdownMenu.Item
              key={format}
              className="menu-item"
              onSelect={() => save(new Blob([written(format, model, results())], { type }), file)}
            >
              {title}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function written(name: FormatName, model: string, results: readonly ImageResult[]): string {
  const hasUnits = results.some(({ faces }) => faces.some(({ actionUnits }) => actionUnits));
  const format = formatNamed(name, hasUnits);
  return [format.begin(model), ...results.map((result, i) => format.image(result, i)), format.end()].join('');
}

export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The browser has taken the address by the next turn of its loop, in Safari a little later
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
