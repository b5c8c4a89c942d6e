/** What the programs of the benchmarks and studies share: their log, their arguments, how they end. */
import { MienError } from 'mienjs';

/** @param name stands before each line on stderr */
export function logAs(name: string): (line: string) => void {
  return (line) => {
    process.stderr.write(`${name}: ${line}\n`);
  };
}

/** `NAME=FOLDER`, alone. @throws {TypeError} when it is something else */
export function datasetArgument(positionals: readonly string[]): { readonly dataset: string; readonly path: string } {
  const [, dataset, path] = /^([\w-]+)=(.+)$/.exec(positionals[0] ?? '') ?? [];
  if (dataset === undefined || path === undefined || positionals.length > 1)
    throw new TypeError('expected one dataset as NAME=FOLDER, such as ferplus=FOLDER');
  return { dataset, path };
}

/** @throws {TypeError} when the text is not a whole number from `least` */
export function wholeArgument(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isInteger(number) || number < least)
    throw new TypeError(`--${flag}: expected whole numbers from ${least}, got "${text}"`);
  return number;
}

/** `1,2,3` @throws {TypeError} as `wholeArgument` */
export const seedsArgument = (text: string): number[] => text.split(',').map((seed) => wholeArgument('seeds', seed, 0));

/**
 * Runs a program and ends the process at once, so that no child and no thread keeps it open: status 2 for wrong
 * arguments, 1 for what has a sentence of its own.
 */
export async function runProgram<A>(
  log: (line: string) => void,
  parse: () => A,
  run: (args: A) => Promise<void>,
): Promise<never> {
  let args: A;
  try {
    args = parse();
  } catch (error) {
    log((error as Error).message);
    process.exit(2);
  }
  try {
    await run(args);
  } catch (error) {
    if (!(error instanceof MienError)) throw error;
    log(error.message);
    process.exit(1);
  }
  process.exit(0);
}
