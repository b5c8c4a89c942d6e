/** Accounts, sessions, tokens, invitations and the audit log, as the API tells and takes them. */
import { z } from 'zod';
import { idSchema, timeSchema } from './common.ts';

/** From all rights to the fewest. */
export const ROLES = ['owner', 'manager', 'annotator', 'viewer'] as const;
export const roleSchema = z.enum(ROLES).meta({ id: 'Role' });
export type Role = z.infer<typeof roleSchema>;

/** What a request may need. */
export const RIGHTS = [
  'models.read',
  'runs.read',
  'recognize',
  'jobs.own',
  'jobs.all',
  'account',
  'users.read',
  'users.invite',
  'users.manage',
  'annotate',
  'projects.manage',
  'audit.read',
  'metrics.read',
] as const;
export const rightSchema = z.enum(RIGHTS).meta({ id: 'Right' });
export type Right = z.infer<typeof rightSchema>;

export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'expected no control characters')
  .describe('what one signs in with; upper and lower case are the same');
export const passwordSchema = z.string().min(10).max(200).describe('at least ten characters');

export const userSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    role: roleSchema,
    createdAt: timeSchema,
    disabled: z.boolean().describe('whether the person can no longer sign in'),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;

export const usersSchema = z.object({ users: z.array(userSchema) });
export const userChangeSchema = z
  .object({ role: roleSchema.optional(), disabled: z.boolean().optional() })
  .refine((change) => Object.keys(change).length > 0, 'expected role or disabled');

export const sessionSchema = z
  .object({
    user: userSchema.nullable().describe('null: nobody is signed in'),
    rights: z.array(rightSchema).describe('what this caller may do'),
    signInRequired: z.boolean().describe('whether recognition needs an account'),
    csrfToken: z
      .string()
      .nullable()
      .describe('goes into the header X-CSRF-Token of every request but GET; null without a session'),
  })
  .meta({ id: 'Session' });
export type SessionAnswer = z.infer<typeof sessionSchema>;

export const signInSchema = z.object({ name: z.string().max(200), password: z.string().max(200) });
export const joinSchema = z.object({
  invitation: z.string().max(200).describe('the secret of an invitation, from its link'),
  name: nameSchema,
  password: passwordSchema,
});
export const passwordChangeSchema = z.object({ current: z.string().max(200), password: passwordSchema });

export const tokenSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    createdAt: timeSchema,
    usedAt: timeSchema.nullable(),
    expiresAt: timeSchema.nullable(),
  })
  .meta({ id: 'Token' });
export const tokensSchema = z.object({ tokens: z.array(tokenSchema) });
export const tokenRequestSchema = z.object({
  name: nameSchema.describe('what the token is for'),
  days: z.int().min(1).max(3650).optional().describe('how long it holds; without, until it is revoked'),
});
export const newTokenSchema = tokenSchema.extend({
  secret: z.string().describe('for the header "Authorization: Bearer …"; it is shown this once'),
});

export const invitationRequestSchema = z.object({
  role: roleSchema,
  days: z.int().min(1).max(30).default(7).describe('how long the link holds'),
});
export const invitationSchema = z
  .object({ id: idSchema, role: roleSchema, createdAt: timeSchema, expiresAt: timeSchema })
  .meta({ id: 'Invitation' });
export const invitationsSchema = z.object({ invitations: z.array(invitationSchema) });
export const newInvitationSchema = invitationSchema.extend({
  link: z.string().describe('for the person: it makes one account; it is shown this once'),
});

export const auditEntrySchema = z
  .object({
    id: idSchema,
    at: timeSchema,
    actor: z.object({ id: idSchema, name: z.string() }).nullable().describe('null: nobody who was signed in'),
    action: z.string().describe('such as session.sign-in'),
    subject: z.string().nullable().describe('the id of what was acted on'),
    detail: z.record(z.string(), z.unknown()),
    address: z.string().nullable().describe('of the caller'),
  })
  .meta({ id: 'AuditEntry' });
export const auditSchema = z.object({ entries: z.array(auditEntrySchema) });
