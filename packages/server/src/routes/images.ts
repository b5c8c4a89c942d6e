/** Images of projects: how they come in, and who sees them. */
import { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { faultOf } from '../annotation/answers.ts';
import { Import } from '../annotation/import.ts';
import type { ProposePayload, ProposeSettings } from '../annotation/proposals.ts';
import {
  idSchema,
  importSchema,
  jobSchema,
  pageQuerySchema,
  TASK_ROLES,
  taskChangeSchema,
  taskSchema,
  tasksSchema,
} from '../contract/index.ts';
import { Fault, notFound } from '../http/fault.ts';
import { readImport } from '../http/import-form.ts';
import { route } from '../http/route.ts';
import { announcedBytes } from '../http/uploads.ts';
import type { TaskFigures, TaskRecord } from '../store/index.ts';
import { describe as describeJob } from './jobs.ts';
import { log, signedIn } from './log.ts';
import { findManaged, findProject, NOT_THERE, projectParams } from './project-access.ts';

const taskParams = z.object({ id: idSchema, task: idSchema });
/** How long a browser keeps an image for its user. */
const KEPT = 'private, max-age=3600';

export const imageRoutes = [
  route({
    method: 'POST',
    path: '/api/projects/:id/images',
    summary: 'Add images',
    description:
      'Image files and ZIP archives of them. The field `about`, JSON, may stand before them: {"all": {…}, "files": {"NAME": {…}}} with role, source, license, keyword, gold and feedback. What is there already is not added again, so that an import that broke off can be repeated.',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    takesPhotos: { description: 'image files and ZIP archives; the names of the fields do not matter' },
    answers: {
      200: { description: 'what was added, and what was not', schema: importSchema },
      ...NOT_THERE,
      409: { description: 'the project is closed' },
      413: { description: 'the files are too many or too large' },
    },
    async handle({ params: { id }, ...input }, services) {
      const { project } = await findManaged(id, signedIn(input.who), services);
      if (project.state === 'closed') throw new Fault(409, 'the project is closed');
      announcedBytes(input.request, services.limits.jobBytes);
      const { store, files, recognition, limits } = services;
      const running = await Import.begin({ store, files, recognition, project });
      const resume = waitLong(input.request);
      try {
        await readImport(input.request, running, limits);
        const outcome = await running.finish();
        await log(services, input, 'project.images.added', { subject: id, detail: { count: outcome.added } });
        return outcome;
      } catch (error) {
        await running.abandon();
        throw error;
      } finally {
        resume();
      }
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/:id/tasks',
    summary: 'Images of a project with their labels, newest first',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    query: pageQuerySchema.extend({ role: z.enum(TASK_ROLES).optional().describe('only images of this role') }),
    answers: { 200: { description: 'a page of images', schema: tasksSchema }, ...NOT_THERE },
    async handle({ params: { id }, query: { limit, before, role }, who }, services) {
      await findManaged(id, signedIn(who), services);
      const { tasks } = services.store.annotation;
      const page = await tasks.list(id, limit, { before, role });
      const figures = await tasks.figures(page.map((task) => task.id));
      return { tasks: page.map((task) => describe(task, figures.get(task.id)!)) };
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/projects/:id/tasks/:task',
    summary: 'Say what an image is for, and what is known of it',
    tag: 'annotation',
    needs: 'projects.manage',
    params: taskParams,
    body: taskChangeSchema,
    answers: {
      200: { description: 'the image', schema: taskSchema },
      ...NOT_THERE,
      409: { description: 'somebody has it already, or nothing is known of it' },
    },
    async handle({ params: { id, task: taskId }, body, who }, services) {
      const { project } = await findManaged(id, signedIn(who), services);
      const { tasks } = services.store.annotation;
      const task = await tasks.find(id, taskId);
      if (!task) throw notFound('image');
      const role = body.role ?? task.role;
      const gold = body.gold === undefined ? task.gold : body.gold;
      if ((role === 'gold' || role === 'test') && gold === null)
        throw new Fault(409, `${task.name}: a ${role} item needs a known answer`);
      const fault = body.gold ? faultOf(project.settings.questions, body.gold) : undefined;
      if (fault !== undefined) throw new Fault(400, `the body, gold, ${fault}`);
      if (role !== task.role && (await tasks.isAssigned(taskId)))
        throw new Fault(409, `${task.name}: annotators have it already as a ${task.role} item`);
      if (!(await tasks.change(id, taskId, body))) throw notFound('image');
      const figures = await tasks.figures([taskId]);
      return describe((await tasks.find(id, taskId))!, figures.get(taskId)!);
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/:id/tasks/:task/image',
    summary: 'An image',
    description: 'For those who manage the project, and for whom it was given to.',
    tag: 'annotation',
    needs: 'annotate',
    params: taskParams,
    answers: {
      200: { description: 'the image file', contentTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'] },
      404: { description: 'there is none, or it is not yours to see' },
    },
    async handle({ params: { id, task: taskId }, who, reply }, services) {
      const person = signedIn(who);
      const { tasks } = services.store.annotation;
      const task =
        (await tasks.fileFor(id, taskId, person.id)) ??
        ((await findProject(id, person, services)).manages ? await tasks.find(id, taskId) : undefined);
      const bytes = task?.fileKey ? await services.files.get(task.fileKey) : undefined;
      if (!task || !bytes) throw notFound('image');
      await reply.header('cache-control', KEPT).header('content-type', task.contentType).send(bytes);
    },
  }),
  route({
    method: 'POST',
    path: '/api/projects/:id/proposals',
    summary: 'Have boxes, points and expressions proposed',
    description: 'In the background, for the images that have no proposal yet; the answer is the job that does it.',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    answers: {
      202: { description: 'the job', schema: jobSchema },
      ...NOT_THERE,
      409: { description: 'there is no image without a proposal' },
    },
    async handle({ params: { id }, ...input }, services) {
      const who = signedIn(input.who);
      await findManaged(id, who, services);
      const { store, recognition, runner } = services;
      const tasks = await store.annotation.tasks.withoutProposal(id);
      if (tasks.length === 0) throw new Fault(409, 'there is no image without a proposal');
      const job = await store.jobs.create({
        kind: 'propose',
        ownerId: who.id,
        settings: { model: recognition.model, project: id } satisfies ProposeSettings,
        items: tasks.map((task) => ({ payload: { task } satisfies ProposePayload, fileKey: null })),
      });
      runner.wake();
      await log(services, input, 'project.proposals', { subject: id, detail: { count: tasks.length } });
      input.reply.code(202).header('location', `/api/jobs/${job.id}`);
      return describeJob(await store.jobs.find(job.id));
    },
  }),
];

/** While the images of an archive are read, nothing comes over the connection. @returns ends it */
function waitLong({ raw: { socket } }: FastifyRequest): () => void {
  // A test's request has none
  if (!(socket instanceof Socket)) return () => undefined;
  const idleMs = socket.timeout ?? 0;
  socket.setTimeout(0);
  return () => void socket.setTimeout(idleMs);
}

const describe = (task: TaskRecord, { counted, surplus, votes }: TaskFigures): z.infer<typeof taskSchema> => {
  const { id, name, role, width, height, source, license, keyword, duplicateOf, gold, feedback, wanted, proposal } =
    task;
  return {
    id,
    name,
    role,
    width,
    height,
    source,
    license,
    keyword,
    duplicateOf,
    gold,
    feedback,
    wanted,
    counted,
    surplus,
    votes,
    proposal,
  };
};
