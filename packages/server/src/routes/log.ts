/** What routes write into the audit log, and who is asking. */
import type { Principal } from '../access/rights.ts';
import { Fault } from '../http/fault.ts';
import type { RouteInput } from '../http/route.ts';
import type { Services } from '../http/services.ts';

export type Input = Pick<RouteInput<unknown, unknown, unknown>, 'request' | 'reply' | 'who'>;
export type Person = Extract<Principal, { kind: 'user' }>;

/** Routes of rights that nobody has without an account are reached with one only. */
export function signedIn(who: Principal): Person {
  if (who.kind !== 'user') throw new Fault(401, 'sign in first');
  return who;
}

interface LogEntry {
  readonly actor?: { readonly id: string; readonly name: string };
  readonly subject?: string | undefined;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export function log({ store }: Services, { who, request }: Input, action: string, entry: LogEntry = {}): Promise<void> {
  const { actor = who.kind === 'user' ? { id: who.id, name: who.name } : null, subject, detail } = entry;
  return store.audit.add({
    actor: actor && { id: actor.id, name: actor.name },
    action,
    address: request.ip,
    ...(subject === undefined ? {} : { subject }),
    ...(detail === undefined ? {} : { detail }),
  });
}
