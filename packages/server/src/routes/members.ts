/** Who takes part in a project, and in what part. */
import { z } from 'zod';
import { RIGHTS_OF } from '../access/rights.ts';
import { medianOf } from '../annotation/flags.ts';
import {
  idSchema,
  joinProjectSchema,
  memberChangeSchema,
  memberSchema,
  membersSchema,
  newMembersSchema,
  ownProgressSchema,
  type Member,
} from '../contract/index.ts';
import { Fault, notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { isoOf, type MemberRecord } from '../store/index.ts';
import { log, signedIn, type Person } from './log.ts';
import { findManaged, findOwn, findProject, NOT_THERE, projectParams } from './project-access.ts';

const memberParams = z.object({ id: idSchema, member: idSchema });

export const memberRoutes = [
  route({
    method: 'POST',
    path: '/api/projects/:id/join',
    summary: 'Begin to work in a project',
    description: 'For members who were added, and, where the project is open to annotators, for all of them.',
    tag: 'annotation',
    needs: 'annotate',
    params: projectParams,
    body: joinProjectSchema,
    answers: {
      200: { description: 'what comes next', schema: ownProgressSchema },
      ...NOT_THERE,
      409: { description: 'the project is closed, or the test was failed, or one was shut out' },
    },
    async handle({ params: { id }, body: { consents }, ...input }, services) {
      const who = signedIn(input.who);
      const { project, member } = await findProject(id, who, services);
      if (!member && project.settings.openTo !== 'annotators')
        throw new Fault(409, 'the project is open to its members only: ask its manager');
      if (project.state === 'closed') throw new Fault(409, 'the project is closed');
      if (project.settings.consent !== '' && !consents)
        throw new Fault(400, 'the body, consents: whoever takes part agrees to the text of consent first');
      const joined = await services.store.annotation.members.join(id, who.id);
      if (joined === 'refused') throw new Fault(409, 'you take no part in this project any more');
      await log(services, input, 'project.joined', { subject: id });
      const now = await findOwn(id, who, services);
      return services.store.annotation.work.own(now.project, now.member);
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/:id/members',
    summary: 'Members of a project, and how they work',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    answers: { 200: { description: 'the members', schema: membersSchema }, ...NOT_THERE },
    async handle({ params: { id }, who }, services) {
      await findManaged(id, signedIn(who), services);
      return describeAll(id, services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/projects/:id/members',
    summary: 'Add members',
    description: 'Those who are members already stay as they are.',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    body: newMembersSchema,
    answers: {
      200: { description: 'the members', schema: membersSchema },
      ...NOT_THERE,
      409: { description: 'somebody has not the rights for it' },
    },
    async handle({ params: { id }, body: { users, role }, ...input }, services) {
      await findManaged(id, signedIn(input.who), services);
      const people = new Map((await services.store.accounts.list()).map((user) => [user.id, user]));
      for (const user of users) {
        const person = people.get(user);
        if (!person) throw new Fault(400, `the body, users: there is no person ${user}`);
        if (!RIGHTS_OF[person.role].includes(role === 'manager' ? 'projects.manage' : 'annotate'))
          throw new Fault(409, `${person.name}: a ${person.role} of this server cannot be ${role} of a project`);
      }
      await services.store.annotation.members.add(id, [...new Set(users)], role);
      await log(services, input, 'project.members.added', { subject: id, detail: { count: users.length, role } });
      return describeAll(id, services);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/projects/:id/members/:member',
    summary: 'Change a member’s part, or shut them out',
    description: 'Members leave by it of themselves: all else is for who manages the project.',
    tag: 'annotation',
    needs: 'annotate',
    params: memberParams,
    body: memberChangeSchema,
    answers: { 200: { description: 'the member', schema: memberSchema }, ...NOT_THERE },
    async handle({ params: { id, member: memberId }, body, ...input }, services) {
      const { isOwn, isManager } = await findMember(id, memberId, signedIn(input.who), services);
      const isLeaving = isOwn && body.role === undefined && body.state === 'left';
      if (!isManager && !isLeaving) throw new Fault(409, 'of yourself you can say that you leave: {"state": "left"}');
      if (!(await services.store.annotation.members.change(id, memberId, body))) throw notFound('member');
      await log(services, input, 'project.member.changed', { subject: id, detail: { ...body } });
      const { members } = await describeAll(id, services);
      return members.find((member) => member.id === memberId);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/projects/:id/members/:member',
    summary: 'Forget who a member was',
    description:
      'Their labels stay under a random id, or are asked for again, as the project says. Members can ask it of themselves.',
    tag: 'annotation',
    needs: 'annotate',
    params: memberParams,
    answers: { 204: { description: 'done' }, ...NOT_THERE },
    async handle({ params: { id, member: memberId }, ...input }, services) {
      await findMember(id, memberId, signedIn(input.who), services);
      if (!(await services.store.annotation.members.erase(id, memberId))) throw notFound('member');
      await log(services, input, 'project.member.erased', { subject: id });
      input.reply.code(204);
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/:id/own',
    summary: 'All that a project has of the caller',
    tag: 'annotation',
    needs: 'annotate',
    params: projectParams,
    answers: {
      200: {
        description: 'what was consented to and when, every answer and every event',
        schema: z.object({
          project: z.object({ id: idSchema, name: z.string() }),
          member: z.record(z.string(), z.unknown()),
          answers: z.array(z.record(z.string(), z.unknown())),
          events: z.array(z.record(z.string(), z.unknown())),
        }),
      },
      ...NOT_THERE,
    },
    async handle({ params: { id }, who }, services) {
      const { project, member } = await findOwn(id, signedIn(who), services);
      const own = await services.store.annotation.members.own(id, member.id);
      if (!own) throw notFound('membership of yours in this project');
      return { project: { id, name: project.name }, ...own };
    },
  }),
];

/** A member whom the caller manages or is. @throws {Fault} 404 */
async function findMember(
  projectId: string,
  memberId: string,
  who: Person,
  services: Services,
): Promise<{ readonly isOwn: boolean; readonly isManager: boolean }> {
  const { member, manages } = await findProject(projectId, who, services);
  const isOwn = member?.id === memberId;
  if (!isOwn && !manages) throw notFound('member');
  return { isOwn, isManager: manages };
}

async function describeAll(projectId: string, { store }: Services): Promise<{ members: Member[] }> {
  return { members: (await store.annotation.members.list(projectId)).map(describe) };
}

function describe(member: MemberRecord): Member {
  const { id, role, state, user_id: userId, userName, joined_at: joinedMs, seen_at: seenMs } = member;
  const done = member.done + member.arbitrated;
  const medianMs = medianOf(JSON.parse(member.recent_ms) as number[]);
  return {
    id,
    user: userId === null ? null : { id: userId, name: userName ?? '' },
    role,
    state,
    joinedAt: isoOf(joinedMs),
    seenAt: seenMs === null ? null : isoOf(seenMs),
    planned: done + member.open,
    done,
    surplus: member.surplus,
    skipped: member.skipped,
    activeSeconds: member.active_ms / 1000,
    medianSeconds: medianMs === null ? null : medianMs / 1000,
    gold: { right: member.gold_right, seen: member.gold_seen },
    testShare: member.test_share,
    reliability: member.reliability,
    kappa: member.kappa,
    flags: JSON.parse(member.flags) as Member['flags'],
  };
}
