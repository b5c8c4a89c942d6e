/** The databases of a protocol, from `--data NAME=DIR`. */
import type { Command } from 'commander';
import { InputError } from 'mienjs';
import type { Database } from 'mienjs/data/databases';
import type { Protocol } from 'mienjs/data/protocols';
import type { DataOption } from '../options.ts';
import { log } from '../output.ts';
import type { Known } from './known.ts';

export interface OpenedDatabases {
  readonly databases: readonly Database[];
  /** Terms of use, in one line. */
  readonly licence: string;
  /** For the report: what is wrong with the copies. */
  readonly notes: readonly string[];
}

/** Problems of a copy that are shown. */
const SHOWN = 5;

/** A usage error for data that the protocol does not use, or that are given twice. */
export function checkProtocolData(
  command: Command,
  { id, databases }: Pick<Protocol, 'id' | 'databases'>,
  given: readonly DataOption[],
): void {
  given.forEach(({ name }, i) => {
    if (!databases.includes(name)) command.error(`error: --data ${name}: ${id} uses ${databases.join(' and ')} only`);
    if (given.findIndex((other) => other.name === name) < i) command.error(`error: --data ${name}: given twice`);
  });
}

/**
 * Indexes the copies that are given. Damaged parts are left out, shown on stderr and noted.
 * @throws {InputError} when the database is unknown, or nothing of its layout is there
 */
export async function openDatabases(
  given: readonly DataOption[],
  { databases: known }: Known,
): Promise<OpenedDatabases> {
  const databases: Database[] = [];
  const licences: string[] = [];
  const notes: string[] = [];
  for (const { name, path } of given) {
    const definition = known.find((d) => d.name === name);
    if (!definition)
      throw new InputError(
        name,
        `is not a database that protocols know, expected one of ${known.map((d) => d.name).join(', ')}`,
      );
    let problems = 0;
    databases.push(
      await definition.index(path, (where, message) => {
        problems++;
        if (problems <= SHOWN) log(`mien: ${where}: ${message}`);
      }),
    );
    if (problems > SHOWN)
      log(`mien: ${path}: ${problems - SHOWN} more problems; \`mien data check ${name} ${path}\` lists them`);
    if (problems > 0)
      notes.push(
        `This copy of ${name} has ${problems} ${problems === 1 ? 'problem' : 'problems'}, and what they concern is left out.`,
      );
    licences.push(`${definition.licence}; cite ${definition.citation}`);
  }
  return { databases, licence: licences.join('. '), notes };
}
