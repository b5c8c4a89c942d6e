/** What code writes to the process's streams. */

export interface Captured<T> {
  readonly result: T;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `work` with stdout and stderr going into strings; for code that writes text and one piece of work at a time. */
export async function captureOutput<T>(work: () => Promise<T>): Promise<Captured<T>> {
  const streams = { stdout: process.stdout, stderr: process.stderr };
  const texts = { stdout: '', stderr: '' };
  const originals = Object.entries(streams).map(([name, stream]) => {
    const write = stream.write;
    stream.write = ((text: string | Uint8Array) => {
      texts[name as keyof typeof texts] += typeof text === 'string' ? text : new TextDecoder().decode(text);
      return true;
    }) as typeof stream.write;
    return () => {
      stream.write = write;
    };
  });
  try {
    const result = await work();
    return { result, ...texts };
  } finally {
    for (const restore of originals) restore();
  }
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command's `main` in this process. */
export async function runMain(main: (args: string[]) => Promise<number>, args: string[]): Promise<Run> {
  const { result: status, ...streams } = await captureOutput(() => main(args));
  return { status, ...streams };
}
