/**
 * What a server can be told, and what it does otherwise.
 * @module
 */
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import type { Device } from 'mienjs/runtime';
import { z } from 'zod';

const MIB = 2 ** 20;

export interface Limits {
  /** Bytes of one photo, and of all photos of one request to recognise. */
  readonly photoBytes: number;
  readonly requestBytes: number;
  /** Photos of one request to recognise, and of one job. */
  readonly photos: number;
  readonly jobPhotos: number;
  /** Bytes of all photos of a job. */
  readonly jobBytes: number;
  readonly pixels: number;
  /** Faces of a photo: the surest are given. */
  readonly faces: number;
  /** For one photo, once its turn has come, seconds. */
  readonly seconds: number;
  /** Requests to recognise that are taken before others are answered 503. */
  readonly waiting: number;
  /** Bytes of the requests to recognise that are held in memory at the same time. */
  readonly heldBytes: number;
  /** Requests of one address in a minute. */
  readonly requestsPerMinute: number;
  /** Attempts of one address in a minute to sign in, or to use an invitation. */
  readonly signInsPerMinute: number;
}

export const DEFAULT_LIMITS: Limits = {
  photoBytes: 32 * MIB,
  requestBytes: 64 * MIB,
  photos: 32,
  jobPhotos: 10_000,
  jobBytes: 20 * 1024 * MIB,
  pixels: 50_000_000,
  faces: 500,
  seconds: 30,
  waiting: 32,
  heldBytes: 256 * MIB,
  requestsPerMinute: 6000,
  signInsPerMinute: 10,
};

/** Memory is what limits the number of processes: each holds the networks. */
const MOST_PROCESSES = 8;

export const defaultProcesses = (): number => Math.min(availableParallelism(), MOST_PROCESSES);

/** The file by which a folder is known as a server's. */
export const DATA_MARKER = 'mien-server.json';

/** Where programs of this system keep what is theirs. */
export function defaultDataFolder(): string {
  const { XDG_DATA_HOME: given, LOCALAPPDATA: local } = process.env;
  if (given !== undefined && given !== '') return join(given, 'mien');
  switch (process.platform) {
    case 'win32':
      return join(local ?? join(homedir(), 'AppData', 'Local'), 'mien');
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'mien');
    default:
      return join(homedir(), '.local', 'share', 'mien');
  }
}

export interface ServerSettings {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Folder of the database file and the uploads; made where it is missing. */
  readonly data: string;
  /** `postgres://…`, in place of the file. */
  readonly databaseUrl?: string;
  /** Where uploads are kept if not in the folder: `s3://BUCKET/PREFIX`, with keys from the environment. */
  readonly files?: string;
  /** Where users reach the server if that is not host and port: behind a proxy that adds TLS. */
  readonly url?: string;
  /** Folder of training runs and reports that are shown. */
  readonly runs?: string;
  readonly model: string;
  readonly views: 'single' | 'mirror';
  readonly device: Device;
  readonly processes: number;
  /** Whether recognition needs an account. Always so where the server is reached from other machines. */
  readonly requireSignIn: boolean;
  /** Days after which finished jobs are removed. */
  readonly keepDays: number;
  readonly limits: Limits;
  /** Folder of the built web application; undefined: where the package or the repository has it. */
  readonly web?: string;
  /** What an operator should read, a line each. */
  readonly onLog: (line: string) => void;
}

const publicUrl = z.url({ protocol: /^https?$/ });

/** @returns `https://host` without a path; undefined when it is not such an address */
export function originOf(url: string): string | undefined {
  const parsed = publicUrl.safeParse(url);
  return parsed.success ? new URL(parsed.data).origin : undefined;
}

/** Whether only this machine reaches what listens there. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
