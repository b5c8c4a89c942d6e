/**
 * What every verb prints, and how: results on stdout; logs, errors and progress on stderr.
 */
import { once } from 'node:events';
import { MienError } from 'mienjs';
import { escapeControls, excerpt, printable } from 'mienjs/files';

/**
 * Thrown by a verb whose failures stand on stderr already (a batch of which some inputs failed): exit status 1, and
 * nothing more is printed.
 */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure';
}

/** Whether standard output carries a file (`--out -`), so that all else goes to stderr. */
let stdoutIsTaken = false;

/** @param use `files`: from now on what verbs print goes to stderr; `results`: to stdout, as at first */
export function keepStdoutFor(use: 'files' | 'results'): void {
  stdoutIsTaken = use === 'files';
}

/** Writes to stdout and waits until a slow reader has taken it, so that output never piles up in memory. */
export async function print(text: string): Promise<void> {
  const stream = stdoutIsTaken ? process.stderr : process.stdout;
  if (!stream.write(text)) await once(stream, 'drain');
}

/** The one JSON document of a `--json` run. */
export function printJson(value: unknown): Promise<void> {
  return print(`${JSON.stringify(value, null, 2)}\n`);
}

/** A member of a document: a value, or what an object or an array holds, taken one by one. */
export type JsonMember =
  | { readonly value: unknown }
  | { readonly entries: Iterable<readonly [string, unknown]> }
  | { readonly items: Iterable<unknown> };

/** As much text as is written at a time, in characters. */
const PIECE = 1 << 16;

/**
 * The one JSON document of a `--json` run, an object, written in pieces: however many entries it has, it is never held
 * whole.
 */
export async function printJsonInPieces(members: Readonly<Record<string, JsonMember>>): Promise<void> {
  let pending = '';
  for (const text of jsonText(members)) {
    pending += text;
    if (pending.length < PIECE) continue;
    await print(pending);
    pending = '';
  }
  await print(pending);
}

function* jsonText(members: Readonly<Record<string, JsonMember>>): Generator<string> {
  let before = '{\n';
  for (const [name, member] of Object.entries(members)) {
    yield `${before}  ${JSON.stringify(name)}: `;
    before = ',\n';
    if ('value' in member) {
      yield JSON.stringify(member.value);
      continue;
    }
    const isObject = 'entries' in member;
    let separator = '\n    ';
    yield isObject ? '{' : '[';
    if (isObject) {
      for (const [key, value] of member.entries) {
        yield `${separator}${JSON.stringify(key)}: ${JSON.stringify(value)}`;
        separator = ',\n    ';
      }
    } else {
      for (const item of member.items) {
        yield separator + JSON.stringify(item);
        separator = ',\n    ';
      }
    }
    yield `${separator.startsWith(',') ? '\n  ' : ''}${isObject ? '}' : ']'}`;
  }
  yield '\n}\n';
}

/** A line on stderr, above the progress bar if there is one. */
export function log(line: string): void {
  for (const bar of shownBars) bar.erase();
  process.stderr.write(`${escapeControls(line)}\n`);
  for (const bar of shownBars) bar.draw();
}

/** One line of error on stderr: `mien: <message>`. */
export function logError(message: string): void {
  log(`mien: ${printable(message)}`);
}

/** A usage error of the parser, which puts what it was given in single quotes, as the errors of verbs are printed. */
export const printableUsage = (text: string): string => {
  const short = text.replace(/'([^']{201,})'/g, (_, given: string) => `'${excerpt(given)}'`);
  return `${printable(short.replace(/^error: /, 'mien: '))}\n`;
};

/** @returns what a user should read of an error: one line */
export function messageOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}

/**
 * Prints an error that ended a verb.
 * @param verbose shows the stack too   @returns the exit status
 */
export function reportFailure(error: unknown, verbose: boolean): 1 {
  if (error instanceof ReportedFailure) return 1;
  const hint = error instanceof MienError || verbose ? '' : ' (unexpected; --verbose shows where)';
  logError(messageOf(error) + hint);
  if (verbose && error instanceof Error)
    process.stderr.write(`${error.stack}\n${error.cause instanceof Error ? `caused by ${error.cause.stack}\n` : ''}`);
  return 1;
}

const shownBars = new Set<Progress>();
const BAR_WIDTH = 24;
/** Redrawing more often would cost more than it shows; ms. */
const TERMINAL_INTERVAL_MS = 100;
/** Between lines where stderr is a file or a pipe, ms. */
const LINE_INTERVAL_MS = 10_000;

/**
 * Progress on stderr: a bar on a terminal, otherwise a line every ten seconds. Shows the count, the rate and the time
 * left; `finish` removes the bar.
 */
export class Progress {
  readonly #label: string;
  readonly #total: number;
  readonly #started = performance.now();
  readonly #isTerminal = process.stderr.isTTY === true;
  #shownAt = performance.now();
  #done = 0;
  #note = '';

  /** @param total number of steps, at least 1 */
  constructor(label: string, total: number) {
    this.#label = label;
    this.#total = total;
    shownBars.add(this);
  }

  /** @param done steps so far   @param note what else to show, such as the loss */
  update(done: number, note = ''): void {
    this.#done = done;
    this.#note = note;
    const now = performance.now();
    if (now - this.#shownAt < (this.#isTerminal ? TERMINAL_INTERVAL_MS : LINE_INTERVAL_MS)) return;
    this.#shownAt = now;
    if (this.#isTerminal) this.draw();
    else if (done < this.#total) process.stderr.write(`${this.#text()}\n`);
  }

  finish(): void {
    this.erase();
    shownBars.delete(this);
  }

  erase(): void {
    if (this.#isTerminal) process.stderr.write('\r\u001b[K');
  }

  draw(): void {
    if (!this.#isTerminal) return;
    const filled = Math.round((BAR_WIDTH * this.#done) / this.#total);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
    process.stderr.write(`\r\u001b[K${`${bar} ${this.#text()}`.slice(0, (process.stderr.columns || 80) - 1)}`);
  }

  #text(): string {
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = this.#done / seconds;
    const left = this.#done > 0 ? `, ${formatSeconds((this.#total - this.#done) / rate)} left` : '';
    return `${this.#label} ${this.#done}/${this.#total}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s${left}${this.#note && `, ${this.#note}`}`;
  }
}

/** 75 → `1:15`, 3,700 → `1:01:40` */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const pad = (n: number): string => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}
