/** The OpenAPI 3.1 document, out of the declarations of the routes: 3.1's schemas are JSON Schema as zod writes it. */
import { z } from 'zod';
import { errorSchema } from '../contract/index.ts';
import type { AnswerShape, Route } from './route.ts';

const TAGS = {
  recognition: 'Photos to faces and expressions, at once.',
  jobs: 'Many photos, in the background.',
  annotation: 'Projects in which people label images.',
  models: 'The expression models.',
  access: 'Accounts, sessions, tokens, invitations, the audit log.',
  server: 'Whether the server is well.',
} as const satisfies Record<Route['tag'], string>;

type Json = Record<string, unknown>;

export interface OpenApiSettings {
  readonly version: string;
  readonly signInRequired: boolean;
}

export function openApiDocument(routes: readonly Route[], { version, signInRequired }: OpenApiSettings): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
  }
  schemaOf(errorSchema, schemas, 'output');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Mien',
      version,
      summary: 'Facial expression recognition',
      description: `Faces and their expressions in photos. ${signInRequired ? 'This server asks who you are: sign in, or give a token.' : 'This server answers its own machine, and recognises without an account.'} Every error is \`{ "error": { "status", "message" } }\`.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'a token of POST /api/auth/tokens' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'mien_session',
          description: 'the cookie of a session; requests but GET need the header X-CSRF-Token too',
        },
      },
    },
  };
}

function operation(route: Route, schemas: Json): Json {
  const {
    needsSession,
    method,
    path,
    summary,
    description,
    tag,
    needs,
    params,
    query,
    body,
    takesPhotos,
    headers = {},
    answers,
  } = route;
  return {
    operationId: operationId(method, path),
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(needs === 'public'
      ? { security: [] }
      : { security: needsSession ? [{ session: [] }] : [{}, { token: [] }, { session: [] }], 'x-right': needs }),
    parameters: [
      ...parameters('path', params, schemas),
      ...parameters('query', query, schemas),
      ...Object.entries(headers).map(([name, text]) => ({
        name,
        in: 'header',
        required: false,
        description: text,
        schema: { type: 'string' },
      })),
    ],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, schemas, 'input') } },
          },
        }
      : {}),
    ...(takesPhotos
      ? {
          requestBody: {
            required: true,
            description: takesPhotos.description,
            content: {
              'multipart/form-data': {
                schema: {
                  type: 'object',
                  properties: {
                    photo: { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } },
                  },
                },
              },
            },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, shape]) => [status, answer(Number(status), shape, schemas)]),
      ),
      default: answer(400, { description: 'an error' }, schemas),
    },
  };
}

function answer(status: number, { description, schema, contentTypes = [] }: AnswerShape, schemas: Json): Json {
  const content: Json = Object.fromEntries(contentTypes.map((type) => [type, { schema: { type: 'string' } }]));
  if (schema) content['application/json'] = { schema: schemaOf(schema, schemas, 'output') };
  else if (status >= 400) content['application/json'] = { schema: { $ref: '#/components/schemas/Error' } };
  return { description, ...(Object.keys(content).length > 0 ? { content } : {}) };
}

function parameters(place: 'path' | 'query', schema: z.ZodType | undefined, schemas: Json): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = schemaOf(schema, schemas, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}

/** The schema, those with an id among them as references into `schemas`. */
function schemaOf(schema: z.ZodType, schemas: Json, io: 'input' | 'output'): Json {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, {
    io,
    reused: 'inline',
    unrepresentable: 'any',
  }) as Json & { $defs?: Json };
  const moved = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown;
  for (const [id, definition] of Object.entries($defs)) {
    const { id: __, ...rest } = moved(definition) as Json;
    schemas[id] = rest;
  }
  const { id, ...rest } = moved(root) as Json;
  if (typeof id !== 'string') return rest;
  schemas[id] = rest;
  return { $ref: `#/components/schemas/${id}` };
}

/** `GET /api/jobs/:id/results` → `getJobsResults` */
function operationId(method: string, path: string): string {
  const words = path.split('/').filter((word) => word !== '' && word !== 'api' && !word.startsWith(':'));
  const id = path.endsWith(':id') || path.endsWith(':name') ? ['one'] : [];
  return [method.toLowerCase(), ...words.flatMap((word) => word.split('-')), ...id]
    .map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1)))
    .join('');
}
