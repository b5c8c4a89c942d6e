/**
 * A Python process that stays and answers: JSON lines in and out. PYTHON names the interpreter, /usr/bin/python3 by
 * default.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { MienError } from 'mienjs';

export class PythonProcess {
  readonly #what: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(what: string, child: ChildProcess, lines: AsyncIterator<string>) {
    this.#what = what;
    this.#child = child;
    this.#lines = lines;
  }

  /**
   * @param what the library that the script needs, for messages   @param script a file that first writes a line about
   *   itself, or {"error": sentence}
   * @returns the process, and that line
   * @throws {MienError} when there is no Python, or it says that something is missing
   */
  static async start<Hello>(
    what: string,
    script: string,
    args: readonly string[] = [],
  ): Promise<{ process: PythonProcess; hello: Hello }> {
    const python = process.env['PYTHON'] ?? '/usr/bin/python3';
    const child = spawn(python, ['-B', script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    try {
      await once(child, 'spawn');
    } catch (cause) {
      throw new MienError(
        `${what}: ${python} cannot be started (${(cause as NodeJS.ErrnoException).code}); PYTHON names the interpreter`,
        { cause },
      );
    }
    child.stdin.on('error', () => undefined); // a process that has died is noticed by the answer that does not come
    const started = new PythonProcess(what, child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    const hello = await started.#answer<Hello & { error?: string }>();
    if (hello.error !== undefined)
      throw new MienError(`${what}: ${python} has none (${hello.error}); PYTHON names the interpreter`);
    return { process: started, hello };
  }

  /** @throws {MienError} when the process has ended */
  ask<Answer>(request: object): Promise<Answer> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    return this.#answer();
  }

  stop(): void {
    this.#child.stdin!.end();
  }

  async #answer<Answer>(): Promise<Answer> {
    const { value, done } = await this.#lines.next();
    if (done) throw new MienError(`${this.#what}: the process ended before it answered; its reason is above`);
    return JSON.parse(value) as Answer;
  }
}
