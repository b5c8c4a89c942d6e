/** Who may do what. A route names the right that it needs; nothing else decides. */
import { RIGHTS, type Right, type Role } from '../contract/index.ts';

const VIEWER: readonly Right[] = ['models.read', 'account'];
const ANNOTATOR: readonly Right[] = [...VIEWER, 'recognize', 'jobs.own', 'annotate'];
const MANAGER: readonly Right[] = [
  ...ANNOTATOR,
  'jobs.all',
  'users.read',
  'users.invite',
  'projects.manage',
  'runs.read',
  'metrics.read',
];

export const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  owner: RIGHTS,
  manager: MANAGER,
  annotator: ANNOTATOR,
  viewer: VIEWER,
};

/** Rights of whoever reaches a server that asks nobody to sign in: it answers to its own machine only. */
const LOCAL: readonly Right[] = ['models.read', 'runs.read', 'recognize', 'jobs.own', 'metrics.read'];

/** Roles that a role may invite people to, and whose people it may change. */
export const MAY_GRANT: Readonly<Record<Role, readonly Role[]>> = {
  owner: ['owner', 'manager', 'annotator', 'viewer'],
  manager: ['annotator', 'viewer'],
  annotator: [],
  viewer: [],
};

/** Whoever makes a request. */
export type Principal =
  | { readonly kind: 'nobody' }
  /** Without an account, where none is needed. */
  | { readonly kind: 'local' }
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly name: string;
      readonly role: Role;
      /** The session's; absent when a token was given. */
      readonly csrfToken?: string;
      readonly sessionHash?: string;
    };

export const NOBODY: Principal = { kind: 'nobody' };
export const LOCAL_PRINCIPAL: Principal = { kind: 'local' };

export function rightsOf(principal: Principal): readonly Right[] {
  switch (principal.kind) {
    case 'nobody':
      return [];
    case 'local':
      return LOCAL;
    case 'user':
      return RIGHTS_OF[principal.role];
  }
}
