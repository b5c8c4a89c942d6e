/** Who sees and manages which project: a right says what somebody may do, this where. */
import { z } from 'zod';
import { rightsOf } from '../access/rights.ts';
import { idSchema } from '../contract/index.ts';
import { notFound } from '../http/fault.ts';
import type { Services } from '../http/services.ts';
import type { MemberRow, ProjectRecord } from '../store/index.ts';
import type { Person } from './log.ts';

export const projectParams = z.object({ id: idSchema });
export const NOT_THERE = { 404: { description: 'there is no such project, or it is not yours to see' } };

export interface Access {
  readonly project: ProjectRecord;
  /** The caller's place in it. */
  readonly member: MemberRow | undefined;
  readonly manages: boolean;
}

export function manages(who: Person, { createdBy }: ProjectRecord, member: MemberRow | undefined): boolean {
  if (!rightsOf(who).includes('projects.manage')) return false;
  return who.role === 'owner' || createdBy === who.id || (member?.role === 'manager' && member.state === 'active');
}

/** Drafts are their managers' alone. */
export const sees = (project: ProjectRecord, member: MemberRow | undefined): boolean =>
  project.state !== 'draft' &&
  (member !== undefined || (project.settings.openTo === 'annotators' && project.state !== 'closed'));

/** @throws {Fault} 404 where the caller may not know of it */
export async function findProject(id: string, who: Person, { store }: Services): Promise<Access> {
  const found = await store.annotation.projects.findFor(id, who.id);
  if (!found) throw notFound('project');
  const { project, member } = found;
  const access = { project, member, manages: manages(who, project, member) };
  if (!access.manages && !sees(project, member)) throw notFound('project');
  return access;
}

/** @throws {Fault} 404 where it is not the caller's to manage */
export async function findManaged(id: string, who: Person, services: Services): Promise<Access> {
  const access = await findProject(id, who, services);
  if (!access.manages) throw notFound('project');
  return access;
}

/** @throws {Fault} 404 where the caller is not a member */
export async function findOwn(
  id: string,
  who: Person,
  services: Services,
): Promise<Access & { readonly member: MemberRow }> {
  const { member, ...access } = await findProject(id, who, services);
  if (!member) throw notFound('membership of yours in this project');
  return { ...access, member };
}
