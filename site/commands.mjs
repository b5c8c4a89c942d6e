// A page for each verb of the command, from what its --help says.
import { mkdir, writeFile } from 'node:fs/promises';
import { createProgram, loadVerbs } from '../packages/cli/dist/main.js';
import { GENERATED, ROOT } from './paths.mjs';

const program = createProgram(await loadVerbs());
const help = program.createHelp();
const verbs = help.visibleCommands(program).filter((command) => command.name() !== 'help');

export const COMMAND_PAGES = verbs.map((command) => ({
  command: `mien ${command.name()}`,
  page: `commands/${command.name()}.md`,
}));

export async function writeCommands() {
  const folder = `${ROOT}${GENERATED}/commands/`;
  await mkdir(folder, { recursive: true });
  const rows = verbs.map((command) => [
    `[\`mien ${command.name()}\`](${command.name()}.md)`,
    text(command.description()),
  ]);
  await writeFile(
    `${folder}index.md`,
    [
      '# Commands',
      `${text(program.description())}.`,
      table(['command', 'does'], rows),
      '## Options of every command',
      optionsOf(program),
      ...notesOf(program),
    ].join('\n\n') + '\n',
  );
  for (const command of verbs)
    await writeFile(
      `${folder}${command.name()}.md`,
      `${sectionOf(command, `mien ${command.name()}`, 1).join('\n\n')}\n`,
    );
}

function sectionOf(command, name, level) {
  const parts = help.visibleCommands(command).filter((part) => part.name() !== 'help');
  const args = help.visibleArguments(command);
  return [
    `${'#'.repeat(level)} ${name}`,
    sentence(help.commandDescription(command)),
    ...(parts.length > 0 ? [] : [fence('sh', help.commandUsage(command))]),
    ...(args.length > 0
      ? [
          table(
            ['argument', 'is'],
            args.map((argument) => [code(help.argumentTerm(argument)), text(help.argumentDescription(argument))]),
          ),
        ]
      : []),
    ...(parts.length > 0 ? [] : [optionsOf(command)]),
    ...notesOf(command),
    ...parts.flatMap((part) => sectionOf(part, `${name} ${part.name()}`, level + 1)),
  ].filter((part) => part !== '');
}

function optionsOf(command) {
  const options = help.visibleOptions(command).filter((option) => option.long !== '--help');
  return options.length === 0
    ? ''
    : table(
        ['option', 'does'],
        options.map((option) => [code(help.optionTerm(option)), text(help.optionDescription(option))]),
      );
}

/** What stands below the options. */
function notesOf(command) {
  let shown = '';
  const write = (chunk) => (shown += chunk);
  command.configureOutput({ ...command.configureOutput(), writeOut: write, writeErr: write });
  command.outputHelp();
  const notes = shown.slice(command.helpInformation().length).trim();
  return notes === '' ? [] : [fence('text', notes)];
}

const fence = (language, body) => `\`\`\`${language}\n${body}\n\`\`\``;
const code = (term) => `\`${term.replaceAll('|', '\\|')}\``;
/** Prose of a terminal as Markdown: nothing in it is markup, but for code in backquotes. */
const text = (prose) => prose.replace(/[<>[\]*_|\\]/g, '\\$&').replaceAll('{{', '{​{');
const sentence = (prose) => {
  const escaped = text(prose.trim());
  return escaped === '' ? '' : `${escaped[0].toUpperCase()}${escaped.slice(1)}${/[.:]$/.test(escaped) ? '' : '.'}`;
};
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
