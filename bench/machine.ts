/** What a figure depends on besides the code: machine, versions, load, commit. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { versionOf } from './installed.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Processes running or waiting, mean over the minute before the run. */
  readonly load: number;
}

const PACKAGES = [
  'mienjs',
  'onnxruntime-node',
  'sharp',
  '@tensorflow/tfjs',
  '@vladmandic/face-api',
  '@vladmandic/human',
];

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    load: loadavg()[0]!,
  };
}

/** Short hash of the commit, with `-modified` when tracked files differ from it; `unknown` outside a git checkout. */
export function currentCommit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '-modified')
    );
  } catch {
    return 'unknown';
  }
}
