/** Signing in and out, one's password and tokens, people, invitations, the audit log. */
import { z } from 'zod';
import { SESSION_COOKIE, TOKEN_PREFIX } from '../access/identify.ts';
import { hashPassword, isPassword } from '../access/passwords.ts';
import { MAY_GRANT, rightsOf, type Principal } from '../access/rights.ts';
import { hashOf, newSecret } from '../access/secrets.ts';
import {
  auditSchema,
  idSchema,
  invitationRequestSchema,
  invitationsSchema,
  joinSchema,
  newInvitationSchema,
  newTokenSchema,
  pageQuerySchema,
  passwordChangeSchema,
  sessionSchema,
  signInSchema,
  tokenRequestSchema,
  tokensSchema,
  userChangeSchema,
  userSchema,
  usersSchema,
  type SessionAnswer,
  type User,
} from '../contract/index.ts';
import { Fault, notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { isoOf, SESSION_MS } from '../store/index.ts';
import { log, signedIn, type Input } from './log.ts';

const idParams = z.object({ id: idSchema });

export const accessRoutes = [
  route({
    method: 'GET',
    path: '/api/auth/session',
    summary: 'Who is signed in, and what they may do',
    tag: 'access',
    needs: 'public',
    answers: { 200: { description: 'the session', schema: sessionSchema } },
    handle: ({ who }, services) => describeSession(who, services),
  }),
  route({
    method: 'POST',
    path: '/api/auth/sign-in',
    summary: 'Sign in',
    tag: 'access',
    needs: 'public',
    body: signInSchema,
    isGuessable: true,
    answers: {
      200: { description: 'the session, whose cookie is set', schema: sessionSchema },
      401: { description: 'name or password is wrong' },
    },
    async handle({ body: { name, password }, ...input }, services) {
      const account = await services.store.accounts.findByName(name);
      const isRight = await isPassword(password, account?.passwordHash);
      if (!account || !isRight || account.disabled) {
        await log(services, input, 'session.refused', { subject: account?.id, detail: { name: name.slice(0, 80) } });
        throw new Fault(401, 'the name or the password is wrong');
      }
      return openSession(account, input, services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/auth/join',
    summary: 'Make the account that an invitation is for, and sign in',
    tag: 'access',
    needs: 'public',
    body: joinSchema,
    isGuessable: true,
    answers: {
      200: { description: 'the session, whose cookie is set', schema: sessionSchema },
      404: { description: 'the invitation was used, withdrawn, or is too old' },
      409: { description: 'the name is taken' },
    },
    async handle({ body: { invitation, name, password }, ...input }, services) {
      const user = await services.store.accounts.join(hashOf(invitation), {
        name,
        passwordHash: await hashPassword(password),
      });
      if (user === 'name taken') throw new Fault(409, `${name}: somebody has this name already, choose another`);
      if (typeof user === 'string') throw new Fault(404, 'the invitation was used, withdrawn, or is too old');
      await log(services, input, 'user.joined', { actor: user, subject: user.id, detail: { role: user.role } });
      return openSession(user, input, services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/auth/sign-out',
    summary: 'Sign out',
    tag: 'access',
    needs: 'account',
    answers: { 204: { description: 'done' } },
    async handle({ who, reply, request }, services) {
      if (who.kind === 'user' && who.sessionHash !== undefined) {
        await services.store.accounts.closeSession(who.sessionHash);
        await log(services, { who, request, reply }, 'session.sign-out');
      }
      reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204);
    },
  }),
  route({
    method: 'POST',
    path: '/api/auth/password',
    summary: 'Change one’s password',
    description: 'Ends all other sessions of the account.',
    tag: 'access',
    needs: 'account',
    needsSession: true,
    body: passwordChangeSchema,
    isGuessable: true,
    answers: { 204: { description: 'done' }, 403: { description: 'the current password is wrong' } },
    async handle({ body: { current, password }, ...input }, services) {
      const user = signedIn(input.who);
      const account = await services.store.accounts.find(user.id);
      if (!(await isPassword(current, account?.passwordHash))) throw new Fault(403, 'the current password is wrong');
      await services.store.accounts.setPassword(user.id, await hashPassword(password), user.sessionHash);
      await log(services, input, 'user.password', { subject: user.id });
      input.reply.code(204);
    },
  }),
  route({
    method: 'GET',
    path: '/api/auth/tokens',
    summary: 'One’s tokens',
    tag: 'access',
    needs: 'account',
    answers: { 200: { description: 'the tokens, without their secrets', schema: tokensSchema } },
    async handle({ who }, { store }) {
      return { tokens: (await store.accounts.tokens(signedIn(who).id)).map(describeToken) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/auth/tokens',
    summary: 'Make a token for programs',
    description: 'It may do what its owner may.',
    tag: 'access',
    needs: 'account',
    needsSession: true,
    body: tokenRequestSchema,
    answers: { 201: { description: 'the token; its secret is shown this once', schema: newTokenSchema } },
    async handle({ body: { name, days }, ...input }, services) {
      const secret = newSecret(TOKEN_PREFIX);
      const token = await services.store.accounts.createToken(signedIn(input.who).id, name, hashOf(secret), days);
      await log(services, input, 'token.made', { subject: token.id, detail: { name } });
      input.reply.code(201);
      return { ...describeToken(token), secret };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/auth/tokens/:id',
    summary: 'Revoke a token',
    tag: 'access',
    needs: 'account',
    params: idParams,
    answers: { 204: { description: 'it no longer works' }, 404: { description: 'there is none' } },
    async handle({ params: { id }, ...input }, services) {
      if (!(await services.store.accounts.revokeToken(signedIn(input.who).id, id))) throw notFound('token');
      await log(services, input, 'token.revoked', { subject: id });
      input.reply.code(204);
    },
  }),
  route({
    method: 'GET',
    path: '/api/users',
    summary: 'The people who have an account',
    tag: 'access',
    needs: 'users.read',
    answers: { 200: { description: 'all of them', schema: usersSchema } },
    async handle(_, { store }) {
      return { users: await store.accounts.list() };
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/users/:id',
    summary: 'Change a person’s role, or whether they may sign in',
    description: 'Ends their sessions. There is always one owner who may sign in.',
    tag: 'access',
    needs: 'users.manage',
    needsSession: true,
    params: idParams,
    body: userChangeSchema,
    answers: {
      200: { description: 'the person', schema: userSchema },
      404: { description: 'there is none' },
      409: { description: 'it is the last owner' },
    },
    async handle({ params: { id }, body, ...input }, services) {
      const { role, disabled } = body;
      const user = await services.store.accounts.change(id, {
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined ? {} : { disabled }),
      });
      if (user === 'last owner') throw new Fault(409, 'there must be an owner who may sign in, and this is the last');
      if (typeof user === 'string') throw notFound('person');
      await log(services, input, 'user.changed', { subject: id, detail: body });
      return user;
    },
  }),
  route({
    method: 'GET',
    path: '/api/invitations',
    summary: 'Invitations that can still be used',
    tag: 'access',
    needs: 'users.invite',
    answers: { 200: { description: 'without their links', schema: invitationsSchema } },
    async handle(_, { store }) {
      return { invitations: (await store.accounts.invitations()).map(describeInvitation) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/invitations',
    summary: 'Invite somebody',
    description: 'Managers invite annotators and viewers, owners anybody.',
    tag: 'access',
    needs: 'users.invite',
    needsSession: true,
    body: invitationRequestSchema,
    answers: { 201: { description: 'a link for one account; it is shown this once', schema: newInvitationSchema } },
    async handle({ body: { role, days }, ...input }, services) {
      const user = signedIn(input.who);
      if (!MAY_GRANT[user.role].includes(role)) throw new Fault(403, `a ${user.role} may not invite a ${role}`);
      const secret = newSecret();
      const made = await services.store.accounts.invite(hashOf(secret), { role, days, createdBy: user.id });
      await log(services, input, 'invitation.made', { subject: made.id, detail: { role } });
      input.reply.code(201);
      return { ...describeInvitation(made), link: joinLink(services.origin(), secret) };
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/invitations/:id',
    summary: 'Withdraw an invitation',
    tag: 'access',
    needs: 'users.invite',
    params: idParams,
    answers: { 204: { description: 'its link no longer works' }, 404: { description: 'there is none' } },
    async handle({ params: { id }, ...input }, services) {
      const invitation = await services.store.accounts.invitation(id);
      // Whom one may not invite, one may not shut out
      if (!invitation || !MAY_GRANT[signedIn(input.who).role].includes(invitation.role)) throw notFound('invitation');
      await services.store.accounts.withdrawInvitation(id);
      await log(services, input, 'invitation.withdrawn', { subject: id });
      input.reply.code(204);
    },
  }),
  route({
    method: 'GET',
    path: '/api/audit',
    summary: 'Who did what, newest first',
    tag: 'access',
    needs: 'audit.read',
    query: pageQuerySchema,
    answers: { 200: { description: 'a page of the audit log', schema: auditSchema } },
    async handle({ query: { limit, before } }, { store }) {
      const rows = await store.audit.list(limit, before);
      return {
        entries: rows.map((row) => ({
          id: row.id,
          at: isoOf(row.at),
          actor: row.actor_id === null ? null : { id: row.actor_id, name: row.actor_name ?? '' },
          action: row.action,
          subject: row.subject,
          detail: JSON.parse(row.detail) as object,
          address: row.address,
        })),
      };
    },
  }),
];

/** The secret stands behind #, which no browser sends and no proxy logs. */
export const joinLink = (origin: string, secret: string): string => `${origin}/join#${secret}`;

async function openSession(user: User, input: Input, services: Services): Promise<SessionAnswer> {
  const [secret, csrfToken] = [newSecret(), newSecret()];
  const sessionHash = hashOf(secret);
  await services.store.accounts.openSession(user.id, sessionHash, csrfToken);
  input.reply.setCookie(SESSION_COOKIE, secret, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: services.origin().startsWith('https:'),
    maxAge: SESSION_MS / 1000,
  });
  await log(services, input, 'session.sign-in', { actor: user });
  const { id, name, role } = user;
  return describeSession({ kind: 'user', id, name, role, csrfToken, sessionHash }, services);
}

async function describeSession(who: Principal, { store, signInRequired }: Services): Promise<SessionAnswer> {
  const user = who.kind === 'user' ? await store.accounts.find(who.id) : undefined;
  return {
    user: user ?? null,
    rights: [...rightsOf(who)],
    signInRequired,
    csrfToken: (who.kind === 'user' ? who.csrfToken : undefined) ?? null,
  };
}

interface TimesRow {
  readonly id: string;
  readonly created_at: number;
}

const describeToken = ({
  id,
  name,
  created_at: createdMs,
  used_at: usedMs,
  expires_at: expiresMs,
}: TimesRow & {
  readonly name: string;
  readonly used_at: number | null;
  readonly expires_at: number | null;
}): object => ({
  id,
  name,
  createdAt: isoOf(createdMs),
  usedAt: usedMs === null ? null : isoOf(usedMs),
  expiresAt: expiresMs === null ? null : isoOf(expiresMs),
});

const describeInvitation = ({
  id,
  role,
  created_at: createdMs,
  expires_at: expiresMs,
}: TimesRow & { readonly role: string; readonly expires_at: number }): object => ({
  id,
  role,
  createdAt: isoOf(createdMs),
  expiresAt: isoOf(expiresMs),
});
