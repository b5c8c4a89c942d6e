/**
 * The replay of a collection of labels over HTTP: simulated annotators, servers in processes of their own, and, if asked,
 * all that goes wrong: servers killed with -9, requests sent twice, answers that are lost, annotators who come back after
 * their time, a database that crashes. At the end everything that was acknowledged is looked for in what the servers export.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { simulateVotes } from 'mienjs/crowd';
import { Random } from 'mienjs/tensor';
import sharp from 'sharp';
import { TOKEN_PREFIX } from '../access/identify.ts';
import { hashOf, newId, newSecret } from '../access/secrets.ts';
import type { Role } from '../contract/index.ts';
import { openStore, type Where } from '../store/index.ts';
import { form } from './fixture.ts';
import type { Postgres } from './postgres.ts';
import { Client, type Answered } from './replay-client.ts';

export interface ReplaySettings {
  readonly images: number;
  readonly annotators: number;
  readonly labelsPerImage: number;
  readonly servers: number;
  /** Without, the servers (then one) have an SQLite file. */
  readonly postgres?: Postgres;
  /** Labels a second of all together, each sent by itself as a page does; without, as fast as they are taken, 50 at a time. */
  readonly perSecond?: number;
  /** When to stop, the collection finished or not. */
  readonly seconds?: number;
  readonly hasFaults: boolean;
  /** From one kill or crash to the next. */
  readonly faultEveryMs: number;
  readonly seed: number;
}

/** What the labels were drawn from, and what came out. */
export interface ReplayedLabels {
  /** As exported, CSV. */
  readonly votes: string;
  /** By pseudonym, index of the simulated annotator. */
  readonly annotatorOf: ReadonlyMap<string, number>;
  /** By index of the annotator. */
  readonly alpha: Float64Array;
}

export interface ReplayReport {
  readonly labels: number;
  readonly seconds: number;
  readonly labelsPerSecond: number;
  readonly isFinished: boolean;
  readonly kills: number;
  readonly crashes: number;
  readonly sentTwice: number;
  readonly answersLost: number;
  /** Size of the database at the end; NaN for SQLite. */
  readonly databaseMb: number;
  readonly surplus: number;
  /** Acknowledged events that are not stored once, as they were sent. Has to be 0. */
  readonly wrong: number;
  /** Images by their number of labels that count. */
  readonly labelsOfImages: Readonly<Record<number, number>>;
  /** Images with two labels of one annotator. Has to be 0. */
  readonly twice: number;
  /** Labels of an annotator that count. */
  readonly load: { readonly least: number; readonly most: number };
  /**
   * `next`, `image` and `answer` are requests: of the next assignments, of an image file, and of labels to be stored.
   * `shown` is what an annotator waits for: from one label until the image after it is there; only at the pace of people.
   */
  readonly latencyMs: Readonly<Record<keyof Latencies, { p50: number; p99: number; count: number }>>;
}

const HELD = 50;
/** Attempts at starting a server, while the database comes back. */
const MOST_STARTS = 100;
/** As the page does: it holds so many images, the one in work included, and asks for more when so many are left. */
const AHEAD = 8;
const REFILL_AT = 5;
/** At the pace of people, nobody comes at the same moment as all others. */
const ARRIVE_WITHIN_MS = 20_000;
const LEASE_SECONDS = 2;

type Latencies = Record<'next' | 'image' | 'answer' | 'shown', number[]>;

interface Assigned {
  readonly id: string;
  readonly image: string;
}
interface Sent {
  readonly key: string;
  readonly assignment: string;
  readonly kind: 'answer';
  readonly answer: { readonly expression: string };
  readonly activeMs: number;
}

export async function replay(
  settings: ReplaySettings,
  log: (line: string) => void,
): Promise<{ report: ReplayReport; labels: ReplayedLabels }> {
  const { images, annotators, labelsPerImage, hasFaults, seed, perSecond, postgres } = settings;
  const folder = await mkdtemp(join(tmpdir(), 'mien-replay-'));
  const where: Where = postgres ? { postgres: await postgres.fresh() } : { sqlite: join(folder, 'mien.db') };
  const { votes, alpha } = simulateVotes({ tasks: images, workers: annotators, votesPerTask: annotators, seed });
  const random = new Random(seed, 'replay');
  const servers = new Servers(settings.servers, folder, where);
  const client = new Client(() => servers.urls);
  let isOver = false;
  const faults = { kills: 0, crashes: 0, sentTwice: 0, answersLost: 0 };
  try {
    const [manager, ...people] = await accounts(where, [
      ['manager', 'manager'],
      ...Array.from({ length: annotators }, (_, i): [Role, string] => ['annotator', `annotator-${i}`]),
    ]);
    await servers.start();
    const api = <T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<T> =>
      client.ask({ method, path, token: manager!.token, body }).then((answered) => answered.json<T>());

    const { id } = await api<{ id: string }>('POST', '/api/projects', {
      name: 'Replay',
      settings: {
        questions: [
          {
            kind: 'choice',
            key: 'expression',
            title: 'Which expression?',
            options: votes.classes.map((value) => ({ value, title: value })),
          },
        ],
        labelsPerImage,
        openTo: 'annotators',
        ...(hasFaults ? { leaseSeconds: LEASE_SECONDS } : {}),
      },
    });
    const project = `/api/projects/${id}`;
    for (let at = 0; at < images; at += 500) {
      const files: Record<string, Buffer> = {};
      for (let i = at; i < Math.min(at + 500, images); i++) files[`${i}.png`] = await noise(i);
      const { headers, payload } = form(files);
      const answered = await client.ask({
        method: 'POST',
        path: `${project}/images`,
        token: manager!.token,
        form: { payload: payload as Buffer, contentType: headers!['content-type'] as string },
      });
      const { added, refused } = answered.json<{ added: number; refused: unknown[] }>();
      if (refused.length > 0 || added !== Object.keys(files).length)
        throw new Error(`${added} of ${Object.keys(files).length} images were added: ${JSON.stringify(refused[0])}`);
    }
    const indexOf = await taskIndex(api, project);
    await api('PATCH', project, { state: 'open' });
    for (const person of people)
      await client.ask({ method: 'POST', path: `${project}/join`, token: person.token, body: { consents: true } });
    log(`${images} images, ${annotators} annotators, ${settings.servers} servers: begins`);

    const latency: Latencies = { next: [], image: [], answer: [], shown: [] };
    const timed = async (of: 'next' | 'image' | 'answer', asked: () => Promise<Answered>): Promise<Answered> => {
      const started = performance.now();
      const answered = await asked();
      latency[of].push(performance.now() - started);
      return answered;
    };
    const acknowledged = new Map<string, { answer: string; outcome: string }>();
    const started = performance.now();

    const send = async (token: string, events: readonly Sent[]): Promise<void> => {
      const ask = { method: 'POST' as const, path: `${project}/events`, token, body: { events } };
      const luck = hasFaults ? random.uniform() : 1;
      let answered: Answered;
      if (luck < 0.03) {
        faults.sentTwice++;
        [answered] = await Promise.all([client.ask(ask), client.ask(ask)]);
      } else if (luck < 0.06) {
        faults.answersLost++;
        await client.once({ ...ask, cutAfterMs: random.uniform() * 20 }).catch(() => undefined);
        answered = await client.ask(ask);
      } else answered = await timed('answer', () => client.ask(ask));
      const { results } = answered.json<{ results: { key: string; outcome: string; message: string | null }[] }>();
      for (const { key, outcome, message } of results) {
        if (outcome === 'refused') throw new Error(`a label was refused: ${message ?? ''}`);
        acknowledged.set(key, { answer: events.find((event) => event.key === key)!.answer.expression, outcome });
      }
    };
    const labelOf = (annotator: number, { id: assignment, image }: Assigned): Sent => {
      const task = indexOf.get(/tasks\/([^/]+)\/image/.exec(image)![1]!)!;
      return {
        key: newId(),
        assignment,
        kind: 'answer',
        answer: { expression: votes.classes[votes.label[task * annotators + annotator]!]! },
        activeMs: 500 + random.int(3000),
      };
    };
    const next = async (token: string, count: number, held: readonly string[]): Promise<Assigned[]> => {
      const body = { count, held };
      const answered = await timed('next', () => client.ask({ method: 'POST', path: `${project}/next`, token, body }));
      return answered.json<{ assignments: Assigned[] }>().assignments;
    };

    /** Fetches many, labels all, sends them together. */
    const hurried = async (annotator: number): Promise<void> => {
      const { token } = people[annotator]!;
      while (!isOver) {
        const assigned = await next(token, HELD, []);
        if (assigned.length === 0) {
          await wait(300);
          continue;
        }
        // Somebody who goes away for longer than images are held for them, and comes back
        if (hasFaults && random.uniform() < 0.02) await wait(LEASE_SECONDS * 1000 + 500);
        await send(
          token,
          assigned.map((one) => labelOf(annotator, one)),
        );
      }
    };
    /** Looks at one image after the other, as a person at the page: images come ahead, labels go by an outbox. */
    const steady = async (annotator: number): Promise<void> => {
      const { token } = people[annotator]!;
      const meanMs = (1000 * annotators) / perSecond!;
      const ready: Assigned[] = [];
      const waiting: Sent[] = [];
      let [filling, sending]: (Promise<void> | undefined)[] = [];
      const held = (): string[] => [...ready.map(({ id: one }) => one), ...waiting.map(({ assignment }) => assignment)];
      const fill = (): Promise<void> =>
        (filling ??= (async () => {
          while (ready.length <= REFILL_AT && !isOver) {
            const more = await next(token, AHEAD - ready.length, held());
            await Promise.all(
              more.map(async (one) => {
                await timed('image', () => client.ask({ method: 'GET', path: one.image, token }));
                ready.push(one);
              }),
            );
            if (more.length === 0) await wait(300);
          }
        })().finally(() => (filling = undefined)));
      const flush = (): Promise<void> =>
        (sending ??= (async () => {
          while (waiting.length > 0) {
            const events = [...waiting];
            await send(token, events);
            waiting.splice(0, events.length);
          }
        })().finally(() => (sending = undefined)));
      await wait(random.uniform() * ARRIVE_WITHIN_MS);
      await fill();
      let due = performance.now();
      while (!isOver) {
        const begun = performance.now();
        while (ready.length === 0 && !isOver) await Promise.race([fill(), wait(5)]);
        const one = ready[0];
        if (!one) break;
        latency.shown.push(performance.now() - begun);
        // Nobody labels faster to make up for an image that came late
        due = Math.max(due, begun) + meanMs * (0.5 + random.uniform());
        await wait(Math.max(0, due - performance.now()));
        ready.shift();
        waiting.push(labelOf(annotator, one));
        void flush();
        void fill();
      }
      await Promise.all([fill(), flush()]);
    };

    const stopping = (async () => {
      for (;;) {
        await wait(1000);
        const { labels } = await api<{ labels: { given: number; wanted: number } }>('GET', project);
        const seconds = (performance.now() - started) / 1000;
        if (Math.round(seconds) % 30 === 0) log(`${labels.given} of ${labels.wanted} labels, ${seconds.toFixed(0)} s`);
        if (labels.given >= labels.wanted || seconds > (settings.seconds ?? Infinity)) break;
      }
      isOver = true;
    })();
    const trouble = async (): Promise<void> => {
      for (let round = 0; !isOver; round++) {
        await wait(settings.faultEveryMs);
        if (isOver) return;
        if (postgres && round % 3 === 1) {
          faults.crashes++;
          await postgres.crash();
        } else {
          faults.kills++;
          await servers.kill(round % settings.servers);
        }
      }
    };
    await Promise.all([
      stopping,
      ...(hasFaults ? [trouble()] : []),
      ...people.map((_, i) => (perSecond === undefined ? hurried(i) : steady(i))),
    ]);
    const seconds = (performance.now() - started) / 1000;
    const { labels } = await api<{ labels: { given: number; wanted: number } }>('GET', project);
    log(`${labels.given} labels in ${seconds.toFixed(0)} s; looks whether all are there`);

    const text = (as: string): Promise<string> =>
      client
        .ask({ method: 'GET', path: `${project}/export?as=${as}`, token: manager!.token })
        .then(({ bytes }) => bytes.toString('utf8'));
    const members = await api<{ members: { id: string; user: { name: string }; done: number }[] }>(
      'GET',
      `${project}/members`,
    );
    const exported = await text('votes');
    return {
      report: {
        labels: labels.given,
        seconds,
        labelsPerSecond: labels.given / seconds,
        isFinished: labels.given === labels.wanted,
        ...faults,
        databaseMb: postgres && 'postgres' in where ? await postgres.sizeMb(where.postgres) : NaN,
        ...checkEvents(await text('events'), acknowledged),
        ...checkVotes(exported),
        latencyMs: {
          next: spread(latency.next),
          image: spread(latency.image),
          answer: spread(latency.answer),
          shown: spread(latency.shown),
        },
      },
      labels: {
        votes: exported,
        annotatorOf: new Map(
          members.members.map(({ id: pseudonym, user }) => [pseudonym, Number(user.name.split('-')[1])]),
        ),
        alpha,
      },
    };
  } finally {
    isOver = true;
    await servers.stop();
    client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The events of answers as exported, against those that were acknowledged. */
function checkEvents(
  jsonl: string,
  acknowledged: ReadonlyMap<string, { answer: string; outcome: string }>,
): Pick<ReplayReport, 'wrong' | 'surplus'> {
  const stored = new Map<string, number>();
  let wrong = 0;
  for (const line of jsonl.split('\n')) {
    if (line === '') continue;
    const { key, kind, answer } = JSON.parse(line) as { key: string; kind: string; answer?: { expression: string } };
    if (kind !== 'answer') continue;
    stored.set(key, (stored.get(key) ?? 0) + 1);
    const known = acknowledged.get(key);
    if (known && known.answer !== answer?.expression) wrong++;
  }
  let surplus = 0;
  for (const [key, { outcome }] of acknowledged) {
    if (stored.get(key) !== 1) wrong++;
    if (outcome === 'surplus') surplus++;
  }
  return { wrong, surplus };
}

function checkVotes(csv: string): Pick<ReplayReport, 'labelsOfImages' | 'twice' | 'load'> {
  const [header, ...lines] = csv.trimEnd().split(/\r?\n/);
  const columns = header!.split(',');
  const [taskAt, workerAt] = [columns.indexOf('task'), columns.indexOf('worker')];
  const ofTask = new Map<string, number>();
  const ofWorker = new Map<string, number>();
  const pairs = new Set<string>();
  for (const line of lines) {
    const cells = line.split(',');
    const [task, worker] = [cells[taskAt]!, cells[workerAt]!];
    ofTask.set(task, (ofTask.get(task) ?? 0) + 1);
    ofWorker.set(worker, (ofWorker.get(worker) ?? 0) + 1);
    pairs.add(`${task} ${worker}`);
  }
  const labelsOfImages: Record<number, number> = {};
  for (const count of ofTask.values()) labelsOfImages[count] = (labelsOfImages[count] ?? 0) + 1;
  const loads = [...ofWorker.values()];
  return {
    labelsOfImages,
    twice: lines.length - pairs.size,
    load: { least: Math.min(...loads), most: Math.max(...loads) },
  };
}

function spread(values: number[]): { p50: number; p99: number; count: number } {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), count: sorted.length };
}

/** 16×16 px, of which no two are alike. */
function noise(seed: number): Promise<Buffer> {
  const random = new Random(seed, 'replay/image');
  const data = Uint8Array.from({ length: 256 }, () => random.int(256));
  return sharp(data, { raw: { width: 16, height: 16, channels: 1 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** Makes people, before any server has the database. */
async function accounts(where: Where, people: readonly (readonly [Role, string])[]): Promise<{ token: string }[]> {
  const store = await openStore(where);
  try {
    const made = [];
    for (const [role, name] of people) {
      const user = await store.accounts.create({ name, role, passwordHash: 'none' });
      if (user === 'name taken') throw new Error(`${name} is taken`);
      const token = newSecret(TOKEN_PREFIX);
      await store.accounts.createToken(user.id, 'replay', hashOf(token), undefined);
      made.push({ token });
    }
    return made;
  } finally {
    await store.close();
  }
}

async function taskIndex(
  api: <T>(method: 'GET', path: string) => Promise<T>,
  project: string,
): Promise<Map<string, number>> {
  const index = new Map<string, number>();
  for (let before = ''; ;) {
    const { tasks } = await api<{ tasks: { id: string; name: string }[] }>(
      'GET',
      `${project}/tasks?limit=200${before && `&before=${before}`}`,
    );
    for (const { id, name } of tasks) index.set(id, Number(name.split('.')[0]));
    if (tasks.length < 200) return index;
    before = tasks.at(-1)!.id;
  }
}

const built = (file: string): string => JSON.stringify(new URL(`../../dist/${file}`, import.meta.url).href);

/** A server as `mien serve` runs it, with limits that one client for all annotators does not reach. */
const SERVER = `
const { runServer } = await import(${built('index.js')});
const { DEFAULT_LIMITS } = await import(${built('settings.js')});
const [data, databaseUrl] = process.argv.slice(1);
await runServer(
  {
    host: '127.0.0.1', port: 0, data, ...(databaseUrl ? { databaseUrl } : {}),
    model: 'default', views: 'single', device: 'cpu', processes: 1, requireSignIn: true, keepDays: 30,
    limits: { ...DEFAULT_LIMITS, requestsPerMinute: 1e9 }, onLog: (line) => process.stderr.write(line + '\\n'),
  },
  new AbortController().signal,
  ({ url }) => void process.stdout.write(url + '\\n'),
);
`;

class Servers {
  readonly urls: (string | undefined)[];
  readonly #children: (ChildProcess | undefined)[];
  readonly #data: string;
  readonly #where: Where;

  constructor(count: number, folder: string, where: Where) {
    this.urls = new Array<string | undefined>(count).fill(undefined);
    this.#children = new Array<ChildProcess | undefined>(count).fill(undefined);
    this.#data = folder;
    this.#where = where;
  }

  async start(): Promise<void> {
    for (const i of this.urls.keys()) await this.#begin(i);
  }

  /** Kills a server with -9 and starts another in its place. */
  async kill(i: number): Promise<void> {
    this.urls[i] = undefined;
    const child = this.#children[i]!;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await this.#begin(i);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (!child || child.exitCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }

  async #begin(i: number): Promise<void> {
    const args = [this.#data, ...('postgres' in this.#where ? [this.#where.postgres] : [])];
    for (let attempt = 1; ; attempt++) {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', SERVER, ...args], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      this.#children[i] = child;
      const url = await Promise.race([
        once(child.stdout!, 'data').then(([chunk]) => String(chunk).trim()),
        once(child, 'exit').then(() => undefined),
      ]);
      if (url !== undefined) {
        this.urls[i] = url;
        return;
      }
      if (attempt >= MOST_STARTS) throw new Error('a server does not start');
      // The database was not there yet
      await wait(200);
    }
  }
}
