/**
 * What a route declares: the right that it needs, the shapes of what comes in and of every answer, and what it does.
 * The server, the OpenAPI document and the test of rights read the same declaration.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../access/rights.ts';
import type { Right } from '../contract/index.ts';
import type { Services } from './services.ts';

export interface AnswerShape {
  readonly description: string;
  /** Schema of a JSON body; what is not in it is not sent. */
  readonly schema?: z.ZodType;
  /** Types of a body that the route writes itself. */
  readonly contentTypes?: readonly string[];
}

export interface RouteInput<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly who: Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for parameters. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: 'recognition' | 'jobs' | 'annotation' | 'models' | 'access' | 'server';
  /** `public`: anybody, `nobody` included. */
  readonly needs: Right | 'public';
  readonly params?: z.ZodType<Params>;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Takes photos as multipart/form-data, which the route reads itself. */
  readonly takesPhotos?: { readonly description: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** By status. Those of errors that any route may give need not be listed. */
  readonly answers: Readonly<Record<number, AnswerShape>>;
  /** Not by a token, which could else outlive its own revocation by making others. */
  readonly needsSession?: true;
  /** Whether guesses of a secret are to be slowed. */
  readonly isGuessable?: true;
  /** @returns the body of the first answer; undefined when the route has sent its own, or there is none */
  handle(input: RouteInput<Params, Query, Body>, services: Services): Promise<unknown>;
}

/** Infers what a route's handler takes from its schemas. */
export const route = <Params, Query, Body>(definition: Route<Params, Query, Body>): Route =>
  definition as unknown as Route;
