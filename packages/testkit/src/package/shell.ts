/**
 * Commands in an environment like a user's: without what npm sets for the scripts that it runs, and without this
 * project's settings.
 */
import { execFile } from 'node:child_process';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment without npm's variables, ONNX Runtime's and those of the test runner. */
export function userEnvironment(settings: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|ONNXRUNTIME|VITE|NODE_OPTIONS|NODE_ENV|INIT_CWD)/i.test(name),
  );
  return { ...Object.fromEntries(own), ...settings };
}

/** Runs one line of shell. */
export function runLine(line: string, cwd: string, env: NodeJS.ProcessEnv = userEnvironment()): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(line, { cwd, env, shell: true, encoding: 'utf8', maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ status: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
    });
  });
}

/** @returns stdout   @throws with everything that the command printed, when it fails */
export async function runOrThrow(line: string, cwd: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const { status, stdout, stderr } = await runLine(line, cwd, env);
  if (status !== 0) throw new Error(`${line}: status ${status}\n${stdout}\n${stderr}`);
  return stdout;
}
