/** `mien data protocols`: the protocols that `mien evaluate` and `mien train` carry out. */
import type { Command } from 'commander';
import { InputError } from 'mienjs';
import { describeFrames, describeSplit, type Protocol, protocolDigest, PROTOCOLS } from 'mienjs/data/protocols';
import { print, printJson } from '../output.ts';
import { planNoOutput } from '../outputs/guard.ts';

const NOTES = `
An id is DATABASE.SPLIT.CLASSES: 6 = the basic expressions, 7 = these and neutral, 7c = these and contempt, 8 = all, own = the
database's.

--json: { "protocols": [{ "id", "databases", "source", "notes", "classes" (or "own"), "split", "frames", "personIndependent",
"scored", "declaration" (the protocol itself, as data), "digest" (of the declaration: it never changes) }] }.`;

export function registerProtocols(data: Command): void {
  planNoOutput(
    data
      .command('protocols')
      .description('how models are compared: folds, frames and classes of the literature, for --protocol')
      .argument('[database]', 'those of one database alone')
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', NOTES)
      .action(async (database: string | undefined, { json }: { json?: true }) => {
        const listed = PROTOCOLS.filter(({ databases }) => database === undefined || databases.includes(database));
        if (database !== undefined && listed.length === 0) {
          throw new InputError(
            database,
            `has no protocol, expected one of ${[...new Set(PROTOCOLS.flatMap(({ databases }) => databases))].join(', ')}`,
          );
        }
        if (json) await printJson({ protocols: listed.map(asDocument) });
        else await print(listed.map((protocol) => describe(protocol)).join(''));
      }),
  );
}

function asDocument(protocol: Protocol): Record<string, unknown> {
  const { id, databases, source, notes, classes, personIndependent, scored } = protocol;
  return {
    id,
    databases,
    source,
    notes: notes ?? null,
    classes,
    split: describeSplit(protocol.split),
    frames: describeFrames(protocol),
    personIndependent,
    scored,
    declaration: protocol,
    digest: protocolDigest(protocol),
  };
}

function describe(protocol: Protocol): string {
  const { id, source, personIndependent } = protocol;
  return `${id.padEnd(40)}${describeSplit(protocol.split)}; ${describeFrames(protocol)}${personIndependent ? '' : '; people on both sides'} (${source})\n`;
}
