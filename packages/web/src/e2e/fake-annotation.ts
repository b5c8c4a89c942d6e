/**
 * A server of annotation for tests of the pages: one project, one person, all in memory. What the page sends and what it
 * gets are checked by the contract's schemas.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Answer,
  type AnnotationEvent,
  type AnnotationTask,
  type Assignment,
  eventsRequestSchema,
  eventsSchema,
  importAboutSchema,
  type EventResult,
  joinProjectSchema,
  type Member,
  memberChangeSchema,
  membersSchema,
  newProjectSchema,
  nextRequestSchema,
  nextSchema,
  type OwnProgress,
  type Project,
  projectChangeSchema,
  projectSchema,
  type ProjectSettings,
  type Quality,
  qualitySchema,
  RIGHTS,
  type Right,
  sessionSchema,
  taskChangeSchema,
  tasksSchema,
} from 'mien-server/contract';
import type { Api } from './serve.ts';

export const PROJECT = 'project00001';
const TOKEN = 'token-of-the-test';

interface FakeItem {
  readonly id: string;
  readonly kind: Assignment['kind'];
  readonly expected?: Answer;
  readonly others?: readonly Answer[];
  answer: Answer | undefined;
  isSkipped: boolean;
}

export interface FakeSettings {
  readonly settings: ProjectSettings;
  readonly image: { readonly bytes: Buffer; readonly width: number; readonly height: number };
  readonly work?: number;
  readonly tutorial?: readonly Answer[];
  readonly test?: readonly Answer[];
  readonly arbitration?: readonly (readonly Answer[])[];
  readonly proposal?: Answer;
  readonly rights?: readonly Right[];
  readonly state?: OwnProgress['state'] | null;
}

export class FakeAnnotation {
  isSignedIn = true;
  /** The next so many answers to events are lost on their way, after they were taken. */
  lost = 0;
  /** Keys of events, in the order in which they were taken. */
  readonly events: AnnotationEvent[] = [];
  /** How often a key came. */
  readonly seen = new Map<string, number>();
  readonly requests: string[] = [];
  readonly items: FakeItem[];
  project: Pick<Project, 'name' | 'state' | 'settings'>;
  members: Member[];
  tasks: AnnotationTask[];
  quality: Quality;
  uploads: string[] = [];
  /** What the last form of images said about them. */
  told: unknown;
  #state: OwnProgress['state'] | null;
  #test: OwnProgress['test'] = null;
  #attempts = 0;
  readonly #given: FakeSettings;

  constructor(given: FakeSettings) {
    this.#given = given;
    this.project = { name: 'Faces from the web', state: 'open', settings: given.settings };
    this.#state = given.state === undefined ? 'active' : given.state;
    const make =
      (kind: Assignment['kind']) =>
      (own: Partial<FakeItem>, i: number): FakeItem => ({
        id: `${kind}${String(i).padStart(6, '0')}`,
        kind,
        answer: undefined,
        isSkipped: false,
        ...own,
      });
    this.items = [
      ...(given.tutorial ?? []).map((expected) => ({ expected })).map(make('tutorial')),
      ...(given.test ?? []).map((expected) => ({ expected })).map(make('test')),
      ...(given.arbitration ?? []).map((others) => ({ others })).map(make('arbitration')),
      ...Array.from({ length: given.work ?? 20 }, () => ({})).map(make('work')),
    ];
    this.members = [];
    this.tasks = [];
    this.quality = EMPTY_QUALITY;
  }

  /** Labels of work, by assignment. */
  get labels(): ReadonlyMap<string, Answer> {
    return new Map(this.items.flatMap(({ id, kind, answer }) => (kind === 'work' && answer ? [[id, answer]] : [])));
  }

  get #phase(): 'tutorial' | 'test' | 'active' {
    if (this.items.some(({ kind, answer }) => kind === 'tutorial' && !answer)) return 'tutorial';
    if (this.#state !== 'active' && this.items.some(({ kind }) => kind === 'test')) return 'test';
    return 'active';
  }

  get #own(): OwnProgress {
    const work = this.items.filter(({ kind }) => kind === 'work' || kind === 'arbitration');
    return {
      state: this.#state === 'failed' || this.#state === 'new' ? this.#state : this.#phase,
      role: 'annotator',
      done: work.filter(({ answer }) => answer).length,
      planned: work.length,
      activeSeconds: this.events.reduce((sum, { activeMs }) => sum + activeMs, 0) / 1000,
      isWaiting: false,
      test: this.#test ?? null,
    };
  }

  get #project(): Project {
    return projectSchema.parse({
      id: PROJECT,
      createdAt: '2026-11-29T10:00:00.000Z',
      images: this.tasks.length,
      own: this.#state === null ? null : this.#own,
      manages: (this.#given.rights ?? RIGHTS).includes('projects.manage'),
      labels: { given: this.labels.size, wanted: this.items.length },
      ...this.project,
    });
  }

  readonly api: Api = (request, response, path) => {
    if (!path.startsWith('/api/')) return false;
    const line = `${request.method} ${path}`;
    this.requests.push(line);
    void this.#answer(request, line, response).catch((error: Error) =>
      send(response, 400, { error: { status: 400, message: error.message } }),
    );
    return true;
  };

  async #answer(request: IncomingMessage, line: string, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const bytes = Buffer.concat(parts);
    const body: unknown =
      request.headers['content-type'] === 'application/json' ? JSON.parse(bytes.toString()) : undefined;
    if (line === 'GET /api/auth/session') return send(response, 200, this.#session());
    if (!this.isSignedIn) return send(response, 401, { error: { status: 401, message: 'sign in first' } });
    if (request.method !== 'GET' && request.headers['x-csrf-token'] !== TOKEN)
      return send(response, 403, { error: { status: 403, message: 'the header X-CSRF-Token is missing or wrong' } });
    if (/^GET .*\/image$|^GET \/api\/test-image/.test(line)) {
      response.writeHead(200, { 'content-type': 'image/png' }).end(this.#given.image.bytes);
      return;
    }
    if (line.endsWith('/events') && request.method === 'POST') {
      const answer = this.#take(eventsRequestSchema.parse(body).events);
      if (this.lost > 0) {
        this.lost--;
        request.socket.destroy();
        return;
      }
      return send(response, 200, eventsSchema.parse(answer));
    }
    const answer = this.#route(line.replace(PROJECT, ':id'), body, bytes);
    if (answer === undefined)
      send(response, 404, { error: { status: 404, message: `${line}: there is nothing here` } });
    else send(response, request.method === 'POST' && line.endsWith('projects') ? 201 : 200, answer);
  }

  #route(line: string, body: unknown, bytes: Buffer): unknown {
    const member = /^PATCH \/api\/projects\/:id\/members\/(\w+)$/.exec(line)?.[1];
    const task = /^PATCH \/api\/projects\/:id\/tasks\/(\w+)$/.exec(line)?.[1];
    if (member !== undefined) {
      const change = memberChangeSchema.parse(body);
      this.members = this.members.map((one) =>
        one.id === member ? { ...one, state: change.state ?? one.state, role: change.role ?? one.role } : one,
      );
      return this.members.find(({ id }) => id === member);
    }
    if (task !== undefined) {
      const { role, gold, feedback } = taskChangeSchema.parse(body);
      this.tasks = this.tasks.map((one) =>
        one.id === task
          ? {
              ...one,
              role: role ?? one.role,
              gold: gold === undefined ? one.gold : gold,
              feedback: feedback === undefined ? one.feedback : feedback,
            }
          : one,
      );
      return this.tasks.find(({ id }) => id === task);
    }
    switch (line) {
      case 'GET /api/projects':
        return { projects: [this.#project] };
      case 'POST /api/projects': {
        const { name, settings } = newProjectSchema.parse(body);
        this.project = { name, settings, state: 'draft' };
        return this.#project;
      }
      case 'GET /api/projects/:id':
        return this.#project;
      case 'PATCH /api/projects/:id': {
        const { name, state, settings } = projectChangeSchema.parse(body);
        const before = this.project;
        this.project = {
          name: name ?? before.name,
          state: state ?? before.state,
          settings: settings ?? before.settings,
        };
        return this.#project;
      }
      case 'POST /api/projects/:id/join':
        if (!joinProjectSchema.parse(body).consents) throw new Error('consent is needed');
        this.#state = this.items.some(({ kind }) => kind === 'tutorial') ? 'tutorial' : 'active';
        return this.#own;
      case 'POST /api/projects/:id/next':
        return nextSchema.parse(this.#next(nextRequestSchema.parse(body)));
      case 'GET /api/projects/:id/members':
        return membersSchema.parse({ members: this.members });
      case 'GET /api/projects/:id/tasks':
        return tasksSchema.parse({ tasks: this.tasks });
      case 'GET /api/projects/:id/quality':
        return qualitySchema.parse(this.quality);
      case 'GET /api/users':
        return { users: [] };
      case 'POST /api/invitations':
        return {
          id: 'invitation01',
          role: 'annotator',
          createdAt: '2026-11-29T10:00:00.000Z',
          expiresAt: '2026-12-06T10:00:00.000Z',
          link: 'http://localhost/join#secret-of-the-test',
        };
      case 'POST /api/projects/:id/images': {
        const names = [...bytes.toString('latin1').matchAll(/filename="([^"]*)"/g)].map(([, name]) => name!);
        this.uploads.push(...names);
        const about = /name="about"\r\n\r\n(.*)\r\n/.exec(bytes.toString('utf8'))?.[1];
        this.told = about === undefined ? undefined : importAboutSchema.parse(JSON.parse(about));
        return {
          added: names.filter((name) => !/again|bad/.test(name)).length,
          duplicates: names.filter((name) => name.includes('again')).map((file) => ({ file, of: 'face-0.png' })),
          refused: names
            .filter((name) => name.includes('bad'))
            .map((file) => ({ file, error: `${file}: is not an image` })),
        };
      }
      default:
        return undefined;
    }
  }

  #session(): unknown {
    const rights = this.#given.rights ?? RIGHTS;
    return sessionSchema.parse({
      user: this.isSignedIn
        ? { id: 'person000001', name: 'Ada', role: 'owner', createdAt: '2026-11-29T10:00:00.000Z', disabled: false }
        : null,
      rights: this.isSignedIn ? rights : [],
      signInRequired: true,
      csrfToken: this.isSignedIn ? TOKEN : null,
    });
  }

  #next({ count, held }: { readonly count: number; readonly held: readonly string[] }): unknown {
    const phase = this.#phase;
    const open = this.items.filter(
      ({ id, kind, answer, isSkipped }) =>
        !answer &&
        !isSkipped &&
        !held.includes(id) &&
        (phase === 'active' ? kind === 'work' || kind === 'arbitration' : kind === phase),
    );
    const { width, height } = this.#given.image;
    const assignments =
      this.#state === 'failed' || this.project.state !== 'open'
        ? []
        : open.slice(0, count).map(({ id, kind, others }): Assignment => ({
            id,
            kind,
            image: `/api/test-image/${id}`,
            width,
            height,
            proposal: this.#given.proposal ?? null,
            others: others ? [...others] : null,
            answer: null,
            leaseSeconds: 900,
          }));
    return { assignments, own: this.#own };
  }

  #take(events: readonly AnnotationEvent[]): unknown {
    const results = events.map((event): EventResult => {
      const before = this.seen.get(event.key) ?? 0;
      this.seen.set(event.key, before + 1);
      const item = this.items.find(({ id }) => id === event.assignment)!;
      if (before === 0) {
        this.events.push(event);
        item.answer = event.answer;
        item.isSkipped = event.kind === 'skip';
        this.#grade();
      }
      const isTutorial = item.kind === 'tutorial';
      const isRight = JSON.stringify(item.expected) === JSON.stringify(event.answer);
      return {
        key: event.key,
        outcome: event.kind === 'answer' && item.kind === 'work' ? 'counted' : 'noted',
        message: null,
        isRight: isTutorial ? isRight : null,
        feedback: isTutorial ? 'Look at the corners of the mouth.' : null,
      };
    });
    return { results, own: this.#own };
  }

  /** A finished test is passed, or begins anew, or was the last. */
  #grade(): void {
    const test = this.items.filter(({ kind }) => kind === 'test');
    if (this.#state === 'active' || test.length === 0 || test.some(({ answer }) => !answer)) return;
    const right = test.filter(({ answer, expected }) => JSON.stringify(answer) === JSON.stringify(expected)).length;
    const { passShare, testAttempts } = this.project.settings;
    this.#test = { share: right / test.length, attemptsLeft: testAttempts - ++this.#attempts };
    if (right / test.length >= passShare) this.#state = 'active';
    else if (this.#test.attemptsLeft === 0) this.#state = 'failed';
    else for (const item of test) item.answer = undefined;
  }
}

const EMPTY_QUALITY: Quality = {
  at: '2026-11-29T10:00:00.000Z',
  labels: { given: 0, wanted: 0, surplus: 0, perHour: 0 },
  people: { wanted: 0, active: 0 },
  questions: [],
  pose: { yaw: [], pitch: [], roll: [] },
};

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
