/** Which method infers, and the settings that it takes. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from 'mien';
import { fitsDawidSkene, infer, METHOD_NAMES, type Inference, type DawidSkeneOptions, type MethodName, type RafOptions, type Votes } from 'mien/crowd';
import { wholeNumber } from '../options.ts';

/** Settings as the library names them. */
type Settings = Pick<DawidSkeneOptions & RafOptions, 'maxIterations' | 'tolerance' | 'smoothing' | 'stopping' | 'betaInit' | 'betaRange' | 'alphaClamp' | 'wrongLabels' | 'excludeBelow'>;
export type MethodChoice = { readonly method: MethodName } & Settings;

const SMOOTHED: readonly MethodName[] = ['ds', 'one-coin', 'mace'];
const ITERATED: readonly MethodName[] = METHOD_NAMES.filter((method) => method !== 'mv');

/** Every setting: its flag, and the methods that take it. */
const SETTINGS: Readonly<Record<keyof Settings, { readonly option: () => Option; readonly methods: readonly MethodName[] }>> = {
  maxIterations: { option: () => new Option('--max-iterations <n>', 'most rounds of EM (default: 200)').argParser(wholeNumber(1)), methods: ITERATED },
  tolerance: { option: () => new Option('--tolerance <nats>', 'stop when a round gains less log-likelihood a vote (default: 1e-9; raf 1e-8)').argParser(positive(true)), methods: ITERATED },
  smoothing: { option: () => new Option('--smoothing <count>', 'pseudo-count added to every count (default: 0; mace 0.1)').argParser(positive(true)), methods: SMOOTHED },
  stopping: { option: () => new Option('--stopping <rule>', 'what the tolerance applies to: the log-likelihood (default), or the figure that crowd-kit watches, to reproduce its posteriors').choices(['likelihood', 'crowd-kit']), methods: ['ds'] },
  betaInit: { option: () => new Option('--beta-init <start>', 'where β starts (default: entropy)').choices(['entropy', 'inverse-entropy']), methods: ['raf'] },
  betaRange: { option: () => new Option('--beta-range <low,high>', 'bounds of β (default: 0.001,1000)').argParser(parseRange), methods: ['raf'] },
  alphaClamp: { option: () => new Option('--alpha-clamp <bound>', 'largest |α| (default: 50)').argParser(positive(false)), methods: ['raf'] },
  wrongLabels: { option: () => new Option('--wrong-labels <distribution>', 'how wrong votes fall on the other classes (default: uniform)').choices(['uniform', 'marginal']), methods: ['raf'] },
  excludeBelow: { option: () => new Option('--exclude-below <times>', 'list workers with α below this times the median as excluded (default: 0)').argParser(positive(true)), methods: ['raf'] },
};

export const METHOD_NOTES = `
Methods: mv majority vote; ds Dawid-Skene 1979; one-coin Dawid-Skene with one accuracy a worker; glad GLAD (Whitehill et
al. 2009) with priors; raf Algorithm 1 of the RAF-DB paper; mace MACE (Hovy et al. 2013).
To reproduce crowd-kit's DawidSkene(n_iter=N, tol=T):
mien crowd infer VOTES --method ds --stopping crowd-kit --max-iterations N --tolerance T`;

/** @param own settings for which the verb has a flag of its own */
export function withMethod(command: Command, byDefault: MethodName, own: readonly (keyof Settings)[] = []): Command {
  command.addOption(new Option('--method <name>', 'how truth is inferred').choices(METHOD_NAMES).default(byDefault));
  for (const [name, { option, methods }] of Object.entries(SETTINGS)) {
    if (own.includes(name as keyof Settings)) continue;
    const made = option();
    made.description += `; ${methods.join(', ')}`;
    command.addOption(made);
  }
  return command;
}

/** Ends with a usage error when a setting is given that the method does not take. */
export function checkMethod(command: Command, choice: MethodChoice): void {
  for (const [name, { option, methods }] of Object.entries(SETTINGS)) {
    if (choice[name as keyof Settings] !== undefined && !methods.includes(choice.method)) {
      command.error(`error: ${option().long}: the method ${choice.method} does not take it, only ${methods.join(', ')}`);
    }
  }
}

/**
 * The method for these votes: where nothing tells whose they are, majority vote in place of a default.
 * @throws {InputError} naming the file, for a method that weighs workers who are not known
 */
export function methodFor(command: Command, file: string, votes: Votes, method: MethodName): MethodName {
  if (!votes.anonymous || method === 'mv') return method;
  if (command.getOptionValueSource('method') === 'default') return 'mv';
  throw new InputError(file, `counts votes and does not say whose they are, so that --method ${method} has no workers to weigh: expected mv`);
}

/** The settings given, for the method. */
export function settingsOf(choice: MethodChoice): Settings {
  return Object.fromEntries(Object.keys(SETTINGS).flatMap((name) => {
    const value = choice[name as keyof Settings];
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Runs the method with the settings given. */
export function runMethod(votes: Votes, choice: MethodChoice): { inference: Inference; seconds: number } {
  const started = performance.now();
  const inference = infer(votes, choice.method, settingsOf(choice));
  return { inference, seconds: (performance.now() - started) / 1000 };
}

/** @throws {InputError} naming the file, where the votes are too many for the method */
export function checkSize(file: string, votes: Votes, method: MethodName): void {
  if (method !== 'ds' || fitsDawidSkene(votes)) return;
  throw new InputError(file, `${votes.workers.length} workers and ${votes.classes.length} classes are too many for the confusion matrices of ds: choose another --method`);
}

/** A parser of numbers above 0, or from 0. */
export function positive(zeroToo: boolean): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (value.trim() === '' || !Number.isFinite(number) || !(zeroToo ? number >= 0 : number > 0)) throw new InvalidArgumentError(`Expected a number ${zeroToo ? 'from' : 'above'} 0.`);
    return number;
  };
}

function parseRange(text: string): [number, number] {
  const [low, high, ...more] = text.split(',').map(positive(false));
  if (high === undefined || more.length > 0 || !(low! < high)) throw new InvalidArgumentError('Expected LOW,HIGH above 0, such as 0.001,1000.');
  return [low!, high];
}

/** A parser of shares. */
export function share(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !(number >= 0 && number <= 1)) throw new InvalidArgumentError('Expected a share from 0 to 1.');
  return number;
}
