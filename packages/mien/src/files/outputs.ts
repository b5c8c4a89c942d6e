/**
 * Nothing that the user owns is ever overwritten: before a command works, what it will write is compared with what it
 * reads, with each other, and with what is there. An existing file is replaced only if it is plainly an earlier output
 * of the same kind.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { InputError } from '../errors.ts';
import { isSystemName, nameKey } from './names.ts';
import type { NodeBytes } from './node-bytes.ts';
import { isStandardInput, isStandardOutput, nativePath, realPathToBe, STANDARD_STREAM } from './paths.ts';

/** What a command writes into a file, and how an earlier file of this kind is known. */
export interface OutputKind {
  /** In words, with an article: `a table of mien recognize`. */
  readonly name: string;
  /** @param head the first 64 KiB of the file */
  isEarlier(head: NodeBytes, path: string): boolean | Promise<boolean>;
}

export interface PlannedOutput {
  readonly path: string;
  /** What named it, for errors: `--out`. */
  readonly flag: string;
  /** Kind of a file. A folder has none: it must be empty, or hold `marker`. */
  readonly kind?: OutputKind;
  /** The file by which an earlier run's folder is known. */
  readonly marker?: string;
}

export interface OutputRules {
  /** Files and folders that the command reads; those that do not exist, such as names of models, are passed over. */
  readonly inputs?: readonly string[];
  /** Replace what is there, except inputs. */
  readonly force?: boolean;
}

const HEAD_BYTES = 1 << 16;

/**
 * @throws {InputError} naming the output that is an input, that stands in a folder of inputs and is not Mien's,
 *   that is planned twice, or that would replace something else
 */
export async function checkOutputs(
  outputs: readonly PlannedOutput[],
  { inputs = [], force = false }: OutputRules = {},
): Promise<void> {
  const read = await Promise.all(inputs.map(describeInput));
  const planned = new Map<string, PlannedOutput>();
  for (const output of outputs) {
    const real = isStandardOutput(output.path) ? STANDARD_STREAM : await realPathToBe(output.path);
    // Some file systems do not tell case apart.
    const other = planned.get(nameKey(real));
    if (other)
      throw new InputError(
        output.path,
        `cannot be written: ${other.flag} and ${output.flag} name the same ${real === STANDARD_STREAM ? 'output' : 'file'}`,
      );
    planned.set(nameKey(real), output);
    if (real !== STANDARD_STREAM)
      await checkOutput(
        output,
        real,
        read.filter((input) => input !== undefined),
        force,
      );
  }
}

interface KnownInput {
  readonly path: string;
  readonly real: string;
  readonly isFolder: boolean;
  readonly identity: string;
}

async function describeInput(path: string): Promise<KnownInput | undefined> {
  const status = isStandardInput(path) ? undefined : await stat(nativePath(path)).catch(() => undefined);
  return (
    status && {
      path,
      real: await realPathToBe(path),
      isFolder: status.isDirectory(),
      identity: `${status.dev}:${status.ino}`,
    }
  );
}

async function checkOutput(
  { path, flag, kind, marker }: PlannedOutput,
  real: string,
  inputs: readonly KnownInput[],
  force: boolean,
): Promise<void> {
  const status = await stat(nativePath(real)).catch(() => undefined);
  if (!status) return;
  if (!kind) {
    if (!status.isDirectory())
      throw new InputError(path, 'cannot be written: a file stands where a folder is expected');
    const names = (await readdir(nativePath(real))).filter((name) => !isSystemName(name));
    if (names.length > 0 && !(marker !== undefined && names.includes(marker)) && !force) {
      throw new InputError(
        path,
        `is not empty, and holds no earlier run (${marker ?? ''}): choose another folder for ${flag}, or write into it all the same with --force`,
      );
    }
    return;
  }
  if (status.isDirectory()) throw new InputError(path, 'cannot be written: it is a folder');
  if (!status.isFile()) return;
  if (
    inputs.some((input) => !input.isFolder && (input.real === real || input.identity === `${status.dev}:${status.ino}`))
  ) {
    throw new InputError(path, `cannot be written: this command reads it; choose another name for ${flag}`);
  }
  if (await kind.isEarlier(await headOf(real), real)) return;
  const folder = inputs.find(
    (input) => input.isFolder && real.startsWith(input.real.endsWith(sep) ? input.real : input.real + sep),
  );
  if (folder)
    throw new InputError(
      path,
      `cannot be written: it stands in ${folder.path}, which this command reads, and is not ${kind.name}; choose another name for ${flag}`,
    );
  if (!force)
    throw new InputError(
      path,
      `exists, and is not ${kind.name}: choose another name for ${flag}, or replace it with --force`,
    );
}

/** The first bytes of a file. */
async function headOf(path: string, bytes = HEAD_BYTES): Promise<NodeBytes> {
  const file = await open(nativePath(path));
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
