/** `mien annotate demo`: a server with a project to try. */
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { InputError } from 'mienjs';
import { exists, readText, userPath } from 'mienjs/files';
import { DEFAULT_MODEL } from 'mienjs/predict';
import { DATA_MARKER, DEFAULT_LIMITS, defaultDataFolder } from 'mien-server/settings';
import { stoppable } from '../endings.ts';
import { wholeNumber } from '../options.ts';
import { log, print, printJson } from '../output.ts';
import { jsonOutput, planFiles } from '../outputs/guard.ts';
import { DEMO_FILE, makeDemo, type Demo } from './demo-project.ts';

interface DemoVerbOptions {
  readonly port: number;
  readonly data: string;
  readonly images: number;
  readonly seed: number;
  readonly json?: true;
}

const NOTES = `
The faces are drawn, as by mien synth; six simulated annotators have labelled a part of them, one of whom guesses. The server answers to this machine
only. A second start goes on with the same project; another --data folder, or removing it, begins anew.

--json: { "url", "user", "password", "project" }, when it answers.`;

/** Accounts are made one after the other, by one address. */
const SIGN_INS = 1000;

export function registerDemo(annotate: Command): void {
  const command = annotate
    .command('demo')
    .description('a project of drawn faces with some labels, on a server of its own, to try')
    .addOption(
      new Option('--port <n>', 'where it listens; 0: any that is free').argParser(wholeNumber(0)).default(8080),
    )
    .option('--data <folder>', 'its database and images', `${defaultDataFolder()}-demo`)
    .option('--images <n>', 'faces', wholeNumber(20), 60)
    .option('--seed <n>', 'of all that is drawn', wholeNumber(0), 1)
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', NOTES);
  planFiles<DemoVerbOptions>(command, ({ data, json }) => ({
    outputs: [{ flag: '--data', path: data, marker: DATA_MARKER }, ...jsonOutput(json)],
  }));
  command.action(async ({ port, images, seed, json, ...options }: DemoVerbOptions) => {
    const data = userPath(options.data);
    const { runServer } = await import('mien-server');
    await stoppable((stop) =>
      runServer(
        {
          host: '127.0.0.1',
          port,
          data,
          model: DEFAULT_MODEL,
          views: 'single',
          device: 'cpu',
          processes: 1,
          requireSignIn: true,
          keepDays: 30,
          limits: { ...DEFAULT_LIMITS, signInsPerMinute: SIGN_INS },
          onLog: log,
        },
        stop,
        async ({ url, ownerLink, hasWeb }) => {
          const demo =
            ownerLink === undefined
              ? await earlierDemo(data)
              : await makeDemo(url, ownerLink, data, { images, seed, onStep: (step) => log(`demo: ${step}`) });
          if (json) await printJson({ url, ...demo });
          else
            await print(
              [
                `The demo is at ${url}/sign-in${hasWeb ? '' : ' (API only: the pages are not built, npm run build:web)'}`,
                `Sign in as ${demo.user} with the password ${demo.password}`,
                `Then label at ${url}/#/annotate and see what comes of it at ${url}/#/projects`,
                'Ctrl-C ends it.\n',
              ].join('\n'),
            );
        },
      ),
    );
  });
}

async function earlierDemo(data: string): Promise<Demo> {
  const file = join(data, DEMO_FILE);
  if (!(await exists(file))) throw new InputError(data, 'is of a server that is not a demo: choose another --data');
  return JSON.parse(await readText(file)) as Demo;
}
