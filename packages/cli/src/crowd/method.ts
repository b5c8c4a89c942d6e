/** Which method infers, and the settings that it takes. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from 'mienjs';
import {
  infer,
  METHOD_NAMES,
  methodOf,
  methodTakes,
  type DawidSkeneOptions,
  type HierarchicalOptions,
  type Inference,
  type MethodName,
  type RafOptions,
  type Setting,
  type Votes,
} from 'mienjs/crowd';
import { numberWithin, wholeNumber } from '../options.ts';

/** Settings as the library names them. */
type Settings = Pick<
  DawidSkeneOptions & HierarchicalOptions & RafOptions,
  | 'maxIterations'
  | 'tolerance'
  | 'smoothing'
  | 'stopping'
  | 'errors'
  | 'betaInit'
  | 'betaRange'
  | 'alphaClamp'
  | 'wrongLabels'
  | 'excludeBelow'
>;
type SettingName = keyof Settings;
export type MethodOption = MethodName | 'auto';
export type MethodChoice = { readonly method: MethodOption } & Settings;

/** Settings of any method that goes by rounds, so that they may be given without knowing which will be chosen. */
const OF_AUTO: readonly string[] = ['maxIterations', 'tolerance'];

const settingsOfMethod = (method: MethodName): Readonly<Record<string, Setting>> => methodOf(method).settings;
const SETTING_NAMES = [
  ...new Set(METHOD_NAMES.flatMap((method) => Object.keys(settingsOfMethod(method)))),
] as SettingName[];
const methodsWith = (name: SettingName): MethodName[] =>
  METHOD_NAMES.filter((method) => name in settingsOfMethod(method));
const flagOf = (name: SettingName): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export const METHOD_NOTES = `
Methods:
${METHOD_NAMES.map((method) => `  ${method.padEnd(9)} ${methodOf(method).about}`).join('\n')}
To reproduce crowd-kit's DawidSkene(n_iter=N, tol=T):
mien crowd infer VOTES --method ds --stopping crowd-kit --max-iterations N --tolerance T`;

/** @param own settings for which the verb has a flag of its own */
export function withMethod(command: Command, byDefault: MethodOption, own: readonly SettingName[] = []): Command {
  const names: readonly string[] = byDefault === 'auto' ? ['auto', ...METHOD_NAMES] : METHOD_NAMES;
  const about =
    byDefault === 'auto'
      ? 'method of truth inference; auto: chosen by cross-validation on the votes, and reported'
      : 'method of truth inference';
  command.addOption(new Option('--method <name>', about).choices(names).default(byDefault));
  for (const name of SETTING_NAMES) if (!own.includes(name)) command.addOption(optionOf(name));
  return command;
}

/** Described with the methods that take it, and their defaults. */
function optionOf(name: SettingName): Option {
  const methods = methodsWith(name);
  const { about, value, byDefault } = settingsOfMethod(methods[0]!)[name]!;
  const others = methods.flatMap((method) => {
    const own = settingsOfMethod(method)[name]!.byDefault;
    return own === byDefault ? [] : [`; ${method} ${own}`];
  });
  const description = `${about} (default: ${byDefault}${others.join('')}); ${methods.join(', ')}`;
  switch (value.kind) {
    case 'whole number':
      return new Option(`${flagOf(name)} <n>`, description).argParser(wholeNumber(value.least));
    case 'number':
      return new Option(`${flagOf(name)} <${value.unit}>`, description).argParser(
        numberWithin(value.orZero ? { from: 0 } : { above: 0 }),
      );
    case 'range':
      return new Option(`${flagOf(name)} <low,high>`, description).argParser(parseRange);
    case 'choice':
      return new Option(`${flagOf(name)} <name>`, description).choices(value.of);
  }
}

/** Ends with a usage error when a setting is given that the method does not take. */
export function checkMethod(command: Command, choice: MethodChoice): void {
  for (const name of SETTING_NAMES) {
    const isTaken = choice.method === 'auto' ? OF_AUTO.includes(name) : name in settingsOfMethod(choice.method);
    if (choice[name] !== undefined && !isTaken)
      command.error(
        `error: ${flagOf(name)}: the method ${choice.method} does not take it, only ${methodsWith(name).join(', ')}`,
      );
  }
}

/**
 * The method for these votes: where nothing tells whose they are, majority vote in place of a default.
 * @throws {InputError} naming the file, for a method that weighs workers who are not known
 */
export function methodFor<M extends MethodOption>(command: Command, file: string, votes: Votes, method: M): M | 'mv' {
  if (!votes.anonymous || method === 'mv' || method === 'auto') return method;
  if (command.getOptionValueSource('method') === 'default') return 'mv';
  throw new InputError(
    file,
    `counts votes and does not say whose they are, so that --method ${method} has no workers to weigh: expected mv`,
  );
}

/** The settings given, for the method. */
export function settingsOf(choice: MethodChoice): Settings {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const value = choice[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Runs the method with the settings given. */
export function runMethod(votes: Votes, choice: MethodChoice): { inference: Inference; seconds: number } {
  const started = performance.now();
  const inference = infer(votes, choice.method, settingsOf(choice));
  return { inference, seconds: (performance.now() - started) / 1000 };
}

/** @throws {InputError} naming the file, where the votes are too many for the method */
export function checkSize(file: string, votes: Votes, method: MethodOption): void {
  if (method === 'auto' || methodTakes(method, votes)) return;
  throw new InputError(
    file,
    `${votes.workers.length} workers and ${votes.classes.length} classes are too many for the confusion matrices of ${method}: choose another --method`,
  );
}

function parseRange(text: string): [number, number] {
  const [low, high, ...more] = text.split(',').map(numberWithin({ above: 0 }));
  if (high === undefined || more.length > 0 || !(low! < high))
    throw new InvalidArgumentError('Expected LOW,HIGH above 0, such as 0.001,1000.');
  return [low!, high];
}
