/** What READMEs tell users to run. */
import { readFileSync } from 'node:fs';

/** The lines of all shell blocks, without comments. */
export function commandsOf(readme: string): string[] {
  return [...readFileSync(readme, 'utf8').matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The blocks of TypeScript. */
export function examplesOf(readme: string): string[] {
  return [...readFileSync(readme, 'utf8').matchAll(/```ts\n([^]*?)```/g)].map(([, block]) => block!);
}
