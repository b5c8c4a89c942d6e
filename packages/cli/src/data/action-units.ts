/** `mien data action-units`: how often each action unit occurs with each expression. */
import type { Command } from 'commander';
import { InputError } from 'mienjs';
import { codedFacesOf, readCodings, type CodedFaces } from 'mienjs/data/node';
import { DATABASES, type DatabaseDefinition } from 'mienjs/data/databases';
import { actionUnitDocument, actionUnitOccurrence, actionUnitTable } from 'mienjs/studies';
import type { ColumnChoice } from 'mienjs/tables';
import { columnsOption, dataOption, type DataOption } from '../options.ts';
import { openDatabases } from '../protocol/databases.ts';
import { printTable, withTableOptions, type TableOptions } from '../table-output.ts';
import { outputFile, planFiles } from '../outputs/guard.ts';
import { actionUnitsKind } from '../outputs/kinds.ts';

interface ActionUnitsOptions extends TableOptions {
  readonly columns?: ColumnChoice;
  readonly data?: readonly DataOption[];
}

/** In place of a database's name: codings of one's own. */
const CSV = 'csv';

const NOTES = `
Faces count that have a label and a FACS coding; a sequence counts as one, with the units of all its coded frames. Cells are the share of a class's faces
that show the unit at whatever intensity, empty below 10 %; an asterisk marks those that are 40 points or more from the share in
the database of --data (Li & Deng 2019, table III: RAF-DB against CK+). NAME may be csv: a table with the columns label and action_units,
units as 1+2+25, AU06 AU12 or "6,12".

--json: { "name", "classes": { CLASS: { "faces", "units": { UNIT: share } } }, "against" (the same of the other), "differing":
[{ "label", "unit", "share", "reference" }] (also units that the table, below 10 %, does not show) }.`;

/** @param databases those that have a name here */
export function registerActionUnits(data: Command, databases: readonly DatabaseDefinition[] = DATABASES): void {
  const command = data.command('action-units').description('how often each action unit occurs with each expression');
  command
    .argument('<name>', `a database with action units, or ${CSV}`)
    .argument('<path>', 'where it is')
    .addOption(dataOption('a database to set it against, and where it is'))
    .addOption(columnsOption('--columns', `names of the columns of ${CSV}, FIELD=COLUMN,… for label and action_units`));
  planFiles<ActionUnitsOptions>(command, ({ out, data = [] }, [, path]) => ({
    inputs: [path, ...data.map((option) => option.path)],
    outputs: outputFile('--out', out, actionUnitsKind),
  }));
  withTableOptions(command)
    .addHelpText('after', NOTES)
    .action(async (name: string, path: string, options: ActionUnitsOptions) => {
      if ((options.data?.length ?? 0) > 1)
        command.error('error: --data: expected one database to compare with, got several');
      const occurrence = actionUnitOccurrence(await codedFaces(name, path, databases, options.columns));
      const other = options.data?.[0];
      const reference = other && actionUnitOccurrence(await codedFaces(other.name, other.path, databases));
      await printTable(actionUnitTable(occurrence, reference), actionUnitDocument(occurrence, reference), options);
    });
}

async function codedFaces(
  name: string,
  path: string,
  databases: readonly DatabaseDefinition[],
  columns?: ColumnChoice,
): Promise<CodedFaces> {
  if (name === CSV) return readCodings(path, columns);
  if (columns) throw new InputError(name, `--columns has no use here, as it is not ${CSV}`);
  if (!databases.some((database) => database.name === name))
    throw new InputError(
      name,
      `unknown database: expected one of ${[...databases.map((database) => database.name), CSV].join(', ')}`,
    );
  const {
    databases: [database],
  } = await openDatabases([{ name, path }], { databases, protocols: [] });
  return codedFacesOf(database!);
}
