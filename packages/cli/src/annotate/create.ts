/** `mien annotate create`, `list` and `state`: projects of a server. */
import { Argument, Option, type Command } from 'commander';
import { InputError } from 'mienjs';
import { readText } from 'mienjs/files';
import { PROJECT_STATES, projectSchema, projectSettingsSchema, type Project } from 'mien-server/contract';
import { PROJECT_PRESETS } from 'mien-server/presets';
import { wholeNumber } from '../options.ts';
import { print, printJson } from '../output.ts';
import { planFiles, planNoOutput } from '../outputs/guard.ts';
import { Api, SERVER_NOTES, withServer, type ServerOptions } from './api.ts';

interface CreateOptions extends ServerOptions {
  readonly preset?: string;
  readonly settings?: string;
  readonly labels?: number;
  readonly json?: true;
}

const CREATE_NOTES = `
Presets:
${PROJECT_PRESETS.map(({ name, summary }) => `  ${name.padEnd(13)} ${summary}`).join('\n')}

--settings FILE is JSON as GET /api/projects gives it under "settings"; with --preset too, what the file has replaces what the preset has:
{ "labelsPerImage": 5, "openTo": "annotators", "instructions": "…", "consent": "…", "adaptive": { "certainty": 0.999, "least": 3 } }.
The project is a draft until mien annotate state PROJECT open.
${SERVER_NOTES}

--json: the project, as the server has it.`;

const STATE_NOTES = `
A draft is its managers' alone; labels are given while the project is open; a paused project goes on when it is opened; a closed one has ended.
${SERVER_NOTES}

--json: the project, as the server has it.`;

export function registerProjects(annotate: Command): void {
  const create = withServer(
    annotate
      .command('create')
      .description('a new project')
      .argument('<name>', 'of the project')
      .addOption(new Option('--preset <name>', 'what is asked').choices(PROJECT_PRESETS.map(({ name }) => name)))
      .option('--settings <file>', 'settings as JSON')
      .option('--labels <n>', 'labels an image', wholeNumber(1)),
  )
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', CREATE_NOTES);
  planFiles<CreateOptions>(create, ({ settings }) => ({ inputs: [settings] }));
  create.action(async (name: string, options: CreateOptions) => {
    if (options.preset === undefined && options.settings === undefined)
      create.error('error: expected --preset, --settings or both');
    const settings = await settingsOf(options);
    const project = await new Api(options.server).json(projectSchema, 'POST', '/api/projects', { name, settings });
    await tell(project, options.json);
  });

  planNoOutput(
    withServer(annotate.command('list').description('projects, and how far they are'))
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', `${SERVER_NOTES}\n\n--json: { "projects": as GET /api/projects has them }.`)
      .action(async ({ server, json }: ServerOptions & { readonly json?: true }) => {
        const projects = await new Api(server).projects();
        await (json ? printJson({ projects }) : print(projects.map(lineOf).join('') || 'no projects\n'));
      }),
  );

  planNoOutput(
    withServer(
      annotate
        .command('state')
        .description('opens, pauses or closes a project')
        .argument('<project>', 'name or id')
        .addArgument(new Argument('<state>').choices(PROJECT_STATES)),
    )
      .option('--json', 'one JSON document on stdout')
      .addHelpText('after', STATE_NOTES)
      .action(async (name: string, state: string, { server, json }: ServerOptions & { readonly json?: true }) => {
        const api = new Api(server);
        const { id } = await api.project(name);
        await tell(await api.change(id, { state }), json);
      }),
  );
}

const tell = (project: Project, json: true | undefined): Promise<void> =>
  json ? printJson(project) : print(lineOf(project));

const lineOf = ({ id, name, state, images, labels }: Project): string =>
  `${id}  ${state.padEnd(6)}  ${images} images${labels ? `, ${labels.given} of ${labels.wanted} labels` : ''}  ${name}\n`;

/** @throws {InputError} naming the file, and what is wrong in it */
async function settingsOf({ preset, settings: file, labels }: CreateOptions): Promise<object> {
  const base = PROJECT_PRESETS.find(({ name }) => name === preset)?.settings ?? {};
  let own: unknown = {};
  if (file !== undefined) {
    try {
      own = JSON.parse(await readText(file));
    } catch (cause) {
      throw cause instanceof SyntaxError ? new InputError(file, `is not JSON: ${cause.message}`) : cause;
    }
    if (typeof own !== 'object' || own === null || Array.isArray(own))
      throw new InputError(file, 'expected an object of settings');
  }
  const parsed = projectSettingsSchema.safeParse({
    ...base,
    ...(own as object),
    ...(labels === undefined ? {} : { labelsPerImage: labels }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InputError(file ?? '--preset', `${issue!.path.join('.')}: ${issue!.message}`);
}
