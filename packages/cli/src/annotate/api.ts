/** The HTTP API of a server's annotation projects, asked with a token. */
import { Option, type Command } from 'commander';
import { InputError } from 'mienjs';
import { errorSchema, projectSchema, projectsSchema, type Project } from 'mien-server/contract';

const DEFAULT_SERVER = 'http://127.0.0.1:8080';
const SERVER_VARIABLE = 'MIEN_SERVER';
const TOKEN_VARIABLE = 'MIEN_TOKEN';

export interface ServerOptions {
  readonly server: string;
}

export const withServer = (command: Command): Command =>
  command.addOption(
    new Option('--server <url>', 'the address of the server').env(SERVER_VARIABLE).default(DEFAULT_SERVER),
  );

export const SERVER_NOTES = `
The server is asked with the token in the environment variable ${TOKEN_VARIABLE}: sign in at its page, and make one under “account”.`;

/** What an answer looks like: a schema of the contract. */
interface Shape<T> {
  safeParse(value: unknown): { readonly success: true; readonly data: T } | { readonly success: false };
}

/** An answer that is an error, in the server's words. */
export class Refusal extends InputError {
  readonly status: number;

  constructor(server: string, status: number, message: string) {
    super(server, message);
    this.status = status;
  }
}

export class Api {
  readonly #server: string;
  readonly #token: string;

  /** @throws {InputError} when the address is none, or there is no token */
  constructor(server: string, token = process.env[TOKEN_VARIABLE]) {
    let url: URL | undefined;
    try {
      url = new URL(server);
    } catch {
      // Said below
    }
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      throw new InputError(server, 'is not the address of a server, expected http://… or https://…');
    if (token === undefined || token === '')
      throw new InputError(
        TOKEN_VARIABLE,
        `is not set: sign in at ${server}, make a token under “account”, and export it`,
      );
    this.#server = server.replace(/\/+$/, '');
    this.#token = token;
  }

  /** @throws {Refusal} for an error that the server answers   @throws {InputError} when it cannot be reached */
  async ask(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Response> {
    const isForm = body instanceof FormData;
    let response: Response;
    try {
      response = await fetch(this.#server + path, {
        method,
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      });
    } catch (cause) {
      const { code } = ((cause as Error).cause ?? {}) as { code?: string };
      throw new InputError(
        this.#server,
        `cannot be reached (${code ?? (cause as Error).message}): is the server running?`,
        {
          cause,
        },
      );
    }
    if (response.ok) return response;
    const told = errorSchema.safeParse(await response.json().catch(() => undefined));
    throw new Refusal(this.#server, response.status, told.data?.error.message ?? `answered ${response.status}`);
  }

  async json<T>(schema: Shape<T>, method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
    const answer: unknown = await (await this.ask(method, path, body)).json();
    const parsed = schema.safeParse(answer);
    if (parsed.success) return parsed.data;
    throw new InputError(this.#server, `answered ${path} in a form that this version does not know`);
  }

  projects(): Promise<Project[]> {
    return this.json(projectsSchema, 'GET', '/api/projects').then(({ projects }) => projects);
  }

  /** @param name a name or an id   @throws {InputError} when there is none, or several have the name */
  async project(name: string): Promise<Project> {
    const projects = await this.projects();
    const found = projects.filter((project) => project.id === name);
    const named = found.length > 0 ? found : projects.filter((project) => project.name === name);
    if (named.length === 1) return named[0]!;
    throw new InputError(
      name,
      named.length === 0
        ? `there is no such project at ${this.#server}`
        : `${named.length} projects have this name: give the id, ${named.map(({ id }) => id).join(' or ')}`,
    );
  }

  change(id: string, change: object): Promise<Project> {
    return this.json(projectSchema, 'PATCH', `/api/projects/${id}`, change);
  }
}
