/** Annotation projects: what is asked, and how far it is. */
import {
  newProjectSchema,
  projectChangeSchema,
  projectSchema,
  projectsSchema,
  type Project,
  type ProjectSettings,
} from '../contract/index.ts';
import { Fault, notFound } from '../http/fault.ts';
import { route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { isoOf, type Figures } from '../store/index.ts';
import { log, signedIn } from './log.ts';
import { findManaged, findProject, manages, NOT_THERE, projectParams, sees, type Access } from './project-access.ts';

const REFUSALS = {
  'was open': 'a project that was open is no longer a draft: pause or close it',
  'has answers': 'the questions have answers: their keys, kinds, options and points can no longer be changed',
} as const;

export const projectRoutes = [
  route({
    method: 'GET',
    path: '/api/projects',
    summary: 'Annotation projects, newest first',
    description: 'Those that the caller manages, is a member of, or can join; owners see all.',
    tag: 'annotation',
    needs: 'annotate',
    answers: { 200: { description: 'the projects', schema: projectsSchema } },
    async handle(input, services) {
      const who = signedIn(input.who);
      const { projects, members } = services.store.annotation;
      const own = new Map((await members.allOfUser(who.id)).map((member) => [member.project_id, member]));
      const seen = (await projects.list())
        .map((project): Access => {
          const member = own.get(project.id);
          return { project, member, manages: manages(who, project, member) };
        })
        .filter((access) => access.manages || sees(access.project, access.member));
      const figures = await projects.figures(seen.map(({ project }) => project.id));
      return {
        projects: await Promise.all(seen.map((access) => describe(access, figures.get(access.project.id)!, services))),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/projects',
    summary: 'Make an annotation project',
    description: 'It is a draft at first: images and members are added, then it is opened.',
    tag: 'annotation',
    needs: 'projects.manage',
    body: newProjectSchema,
    answers: { 201: { description: 'the project', schema: projectSchema } },
    async handle({ body: { name, settings }, ...input }, services) {
      const who = signedIn(input.who);
      checkSettings(settings);
      const project = await services.store.annotation.projects.create(name, settings, who.id);
      await log(services, input, 'project.made', { subject: project.id });
      input.reply.code(201).header('location', `/api/projects/${project.id}`);
      return describe({ project, member: undefined, manages: true }, NOTHING, services);
    },
  }),
  route({
    method: 'GET',
    path: '/api/projects/:id',
    summary: 'An annotation project and how far it is',
    tag: 'annotation',
    needs: 'annotate',
    params: projectParams,
    answers: { 200: { description: 'the project', schema: projectSchema }, ...NOT_THERE },
    handle: async ({ params: { id }, who }, services) =>
      describeOne(await findProject(id, signedIn(who), services), services),
  }),
  route({
    method: 'PATCH',
    path: '/api/projects/:id',
    summary: 'Change a project, open, pause or close it',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    body: projectChangeSchema,
    answers: {
      200: { description: 'the project', schema: projectSchema },
      ...NOT_THERE,
      409: { description: 'what was labelled, or that it was open, does not allow it' },
    },
    async handle({ params: { id }, body, ...input }, services) {
      const access = await findManaged(id, signedIn(input.who), services);
      if (body.settings) checkSettings(body.settings);
      const project = await services.store.annotation.projects.change(id, body);
      if (project === 'unknown') throw notFound('project');
      if (typeof project === 'string') throw new Fault(409, REFUSALS[project]);
      await log(services, input, 'project.changed', {
        subject: id,
        detail: { changed: Object.keys(body), ...(body.state === undefined ? {} : { state: body.state }) },
      });
      return describeOne({ ...access, project }, services);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/projects/:id',
    summary: 'Remove a project with its images, members and answers',
    tag: 'annotation',
    needs: 'projects.manage',
    params: projectParams,
    answers: { 204: { description: 'it is gone' }, ...NOT_THERE },
    async handle({ params: { id }, ...input }, services) {
      await findManaged(id, signedIn(input.who), services);
      const keys = await services.store.annotation.projects.remove(id);
      await Promise.all(keys.map((key) => services.files.remove(key)));
      await log(services, input, 'project.removed', { subject: id });
      input.reply.code(204);
    },
  }),
];

const NOTHING: Figures = { images: 0, given: 0, wanted: 0 };

/** What the shape of settings does not say. @throws {Fault} 400 */
function checkSettings({ questions, arbitration, labelsPerImage, adaptive }: ProjectSettings): void {
  const twice = (values: readonly string[]): string | undefined =>
    values.find((value, i) => values.indexOf(value) !== i);
  const key = twice(questions.map((question) => question.key));
  if (key !== undefined) throw new Fault(400, `the settings have two questions "${key}"`);
  for (const question of questions) {
    if (question.kind === 'box') continue;
    const values = question.kind === 'choice' ? question.options : question.points;
    const value = twice(values.map((one) => one.value));
    if (value !== undefined) throw new Fault(400, `the question "${question.key}" has "${value}" twice`);
  }
  if (arbitration && (labelsPerImage !== 2 || adaptive !== null))
    throw new Fault(400, 'arbitration needs two labels an image, no other number');
}

async function describeOne(access: Access, services: Services): Promise<Project> {
  const { id } = access.project;
  return describe(access, (await services.store.annotation.projects.figures([id])).get(id)!, services);
}

async function describe(
  { project, member, manages: isManager }: Access,
  { images, given, wanted }: Figures,
  { store }: Services,
): Promise<Project> {
  const { id, name, state, createdMs, settings } = project;
  return {
    id,
    name,
    state,
    createdAt: isoOf(createdMs),
    // How many of what they label are tests, they would else know
    settings: isManager ? settings : { ...settings, goldShare: 0 },
    images,
    own: member ? await store.annotation.work.own(project, member) : null,
    manages: isManager,
    labels: isManager ? { given, wanted } : null,
  };
}
