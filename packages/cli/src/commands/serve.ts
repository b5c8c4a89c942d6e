/** `mien serve`: the web page and the HTTP API. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { DEFAULT_MODEL } from 'mienjs/predict';
import { userPath } from 'mienjs/files';
import type { Device } from 'mienjs/runtime';
import { DATA_MARKER, DEFAULT_LIMITS, defaultDataFolder, defaultProcesses } from 'mien-server/settings';
import type { RunningServer } from 'mien-server';
import { stoppable } from '../endings.ts';
import { accurateOption, deviceOption, viewsOf, wholeNumber, type ViewsOption } from '../options.ts';
import { log, print, printJson } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';

interface ServeOptions extends ViewsOption {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly files?: string;
  readonly runs: string;
  readonly model: string;
  readonly device: Device;
  readonly processes?: number;
  readonly requireSignIn?: true;
  readonly url?: string;
  readonly keepDays: number;
  readonly maxPhotoMb: number;
  readonly maxPixels: number;
  readonly maxFaces: number;
  readonly maxSeconds: number;
  readonly maxWaiting: number;
  readonly json?: true;
}

const NOTES = `
Opens on this machine only, and works without an account there. On any other --host, and with --url, everybody signs in. The
first start prints a link that makes the owner's account, once; the owner invites the others.

The page is at /, the API's documentation at /docs, its OpenAPI document at /api/openapi.json, figures for Prometheus at /metrics.
The server asks no other machine for anything. Photos are removed as soon as they are recognised.

Accounts and jobs are kept in DIR/mien.db (SQLite). With DATABASE_URL=postgres://USER:PASSWORD@HOST/NAME in the environment they are
kept in PostgreSQL, and any number of servers with the same --data folder may share the work. With --files s3://BUCKET/PREFIX they
need not share a folder: uploads lie in the bucket, which AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and, elsewhere than at
Amazon, AWS_ENDPOINT_URL_S3 open.

SIGTERM or Ctrl-C ends it when what was asked is answered; jobs go on at the next start.`;

const MIB = 2 ** 20;

export function register(program: Command): void {
  const command = program
    .command('serve')
    .description('the web page and the HTTP API, on this machine')
    .addOption(
      new Option('--port <n>', 'where it listens; 0: any that is free').argParser(wholeNumber(0)).default(8080),
    )
    .option('--host <address>', 'whom it listens to: 127.0.0.1 is this machine, 0.0.0.0 all', '127.0.0.1')
    .option('--data <folder>', 'its database and uploads', defaultDataFolder())
    .option('--files <s3://bucket/prefix>', 'keep uploads in a bucket of Amazon S3, or of what speaks like it')
    .option('--runs <folder>', 'training runs and reports that the page shows', 'runs')
    .option('--model <name|file>', 'an installed model (see `mien models`), or an .onnx file', DEFAULT_MODEL)
    .addOption(accurateOption())
    .addOption(deviceOption())
    .addOption(
      new Option('--processes <n>', 'photos recognised at the same time (default: one a core, at most 8)').argParser(
        wholeNumber(1),
      ),
    )
    .option('--require-sign-in', 'everybody signs in, on this machine too')
    .option('--url <address>', 'the address its users have, behind a proxy that adds TLS: https://…')
    .addOption(limitOption('--keep-days <n>', 'finished jobs and their results are kept so long', 30))
    .addOption(limitOption('--max-photo-mb <n>', 'MiB of one photo', 32))
    .addOption(limitOption('--max-pixels <n>', 'pixels of one photo', 50_000_000))
    .addOption(limitOption('--max-faces <n>', 'faces of one photo: the surest are given', 500))
    .addOption(limitOption('--max-seconds <n>', 'seconds for one photo', 30))
    .addOption(
      limitOption('--max-waiting <n>', 'requests that are taken at the same time; others are answered 503', 32),
    )
    .option(
      '--json',
      'one JSON document on stdout, when it answers: { "url", "model", "ownerLink"?, "signInRequired" }',
    )
    .addHelpText('after', NOTES)
    .action(async (options: ServeOptions) => {
      // The rest of the server is loaded for this verb only
      const { runServer } = await import('mien-server');
      const databaseUrl = process.env['DATABASE_URL'];
      const photoBytes = options.maxPhotoMb * MIB;
      await stoppable((stop) =>
        runServer(
          {
            host: options.host,
            port: options.port,
            data: userPath(options.data),
            model: options.model,
            views: viewsOf(options),
            device: options.device,
            processes: options.processes ?? defaultProcesses(),
            requireSignIn: options.requireSignIn === true,
            keepDays: options.keepDays,
            limits: {
              ...DEFAULT_LIMITS,
              photoBytes,
              requestBytes: Math.max(DEFAULT_LIMITS.requestBytes, photoBytes),
              pixels: options.maxPixels,
              faces: options.maxFaces,
              seconds: options.maxSeconds,
              waiting: options.maxWaiting,
            },
            onLog: log,
            ...(options.url === undefined ? {} : { url: options.url }),
            runs: userPath(options.runs),
            ...(options.files === undefined ? {} : { files: options.files }),
            ...(databaseUrl === undefined || databaseUrl === '' ? {} : { databaseUrl }),
          },
          stop,
          (server) => announce(server, options.json === true),
        ),
      );
    });
  planFiles<ServeOptions>(command, ({ model, data, json }) => ({
    inputs: [model],
    outputs: [{ flag: '--data', path: data, marker: DATA_MARKER }, ...jsonOutput(json)],
  }));
}

const limitOption = (flag: string, description: string, value: number): Option =>
  new Option(flag, description).argParser(wholeNumber(1)).default(value);

async function announce(
  { url, model, ownerLink, signInRequired, hasWeb }: RunningServer,
  json: boolean,
): Promise<void> {
  if (json) {
    await printJson({ url, model, ...(ownerLink === undefined ? {} : { ownerLink }), signInRequired });
    return;
  }
  const lines = [
    `Mien is at ${url}${hasWeb ? '' : ` (API only: ${url}/docs)`}`,
    ...(ownerLink === undefined
      ? []
      : [
          signInRequired
            ? `Make the owner's account, once, at ${ownerLink}`
            : `No account is needed on this machine. To have accounts, make the owner's, once, at ${ownerLink}`,
        ]),
    'Ctrl-C ends it.',
  ];
  await print(`${lines.join('\n')}\n`);
}
