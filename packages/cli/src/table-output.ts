/** Tables that verbs print, in the format that the reader wants. */
import { Option, type Command } from 'commander';
import { renderTable, TABLE_FORMATS, type Table, type TableFormat } from 'mienjs/report';
import { writeLines } from 'mienjs/files';
import { log, print, printJson } from './output.ts';

export interface TableOptions {
  readonly format: TableFormat;
  readonly json?: true;
  readonly out?: string;
}

/** `--format` and `--json`. */
export function withTableFormat(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'format of the table').choices(TABLE_FORMATS).default('text'))
    .addOption(new Option('--json', 'one JSON document on stdout').conflicts('format'));
}

/** These, and `--out`. */
export function withTableOptions(command: Command): Command {
  return withTableFormat(command).option('--out <file>', 'write the table or the document into this file');
}

/** @param document what --json prints */
export async function printTable(table: Table, document: unknown, { format, json, out }: TableOptions): Promise<void> {
  if (out === undefined) {
    await (json ? printJson(document) : print(renderTable(table, format)));
    return;
  }
  const text = json ? `${JSON.stringify(document, null, 2)}\n` : renderTable(table, format);
  await writeLines(out, [text.trimEnd()]);
  log(out);
}
