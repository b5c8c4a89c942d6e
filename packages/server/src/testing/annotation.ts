/** For tests: annotation projects with images that nobody need decode. */
import { newId } from '../access/secrets.ts';
import {
  projectSettingsSchema,
  type ChoiceQuestion,
  type ImageAbout,
  type Project,
  type ProjectSettings,
} from '../contract/index.ts';
import type { NewTask, Store } from '../store/index.ts';
import type { Fixture, Person } from './fixture.ts';

export const QUESTION: ChoiceQuestion = {
  kind: 'choice',
  key: 'expression',
  title: 'Expression',
  options: [
    { value: 'happiness', title: 'Happiness' },
    { value: 'sadness', title: 'Sadness' },
    { value: 'none', title: 'Not a face', outside: true },
  ],
};

export const settingsOf = (settings: Partial<ProjectSettings> = {}): ProjectSettings =>
  projectSettingsSchema.parse({ questions: [QUESTION], ...settings });

export function newTasks(names: readonly string[], about: ImageAbout = {}): NewTask[] {
  return names.map((name) => ({
    id: newId(),
    name,
    about,
    sha256: `sha of ${name}`,
    look: '0'.repeat(64),
    duplicateOf: null,
    fileKey: newId(),
    contentType: 'image/png',
    width: 4,
    height: 3,
  }));
}

export interface TestProject {
  readonly project: Project;
  readonly manager: Person;
  readonly people: Person[];
}

/** An open project with images `0`, `1` … whose people have joined. */
export async function openProject(
  { app, store, person }: Pick<Fixture, 'app' | 'store' | 'person'>,
  { images, people: count, settings = {} }: { images: number; people: number; settings?: Partial<ProjectSettings> },
): Promise<TestProject> {
  const manager = await person('manager');
  const headers = manager.token;
  const made = await app.inject({
    method: 'POST',
    url: '/api/projects',
    headers,
    payload: { name: 'a project', settings: settingsOf(settings) },
  });
  const project = made.json<Project>();
  await addImages(store, project.id, images);
  const url = `/api/projects/${project.id}`;
  await app.inject({ method: 'PATCH', url, headers, payload: { state: 'open' } });
  const people: Person[] = [];
  for (let i = 0; i < count; i++) people.push(await person('annotator'));
  if (count > 0) {
    const users = people.map(({ user }) => user.id);
    await app.inject({ method: 'POST', url: `${url}/members`, headers, payload: { users } });
    for (const { token } of people)
      await app.inject({ method: 'POST', url: `${url}/join`, headers: token, payload: { consents: true } });
  }
  return { project, manager, people };
}

export async function addImages(store: Store, projectId: string, count: number): Promise<void> {
  await store.annotation.tasks.add(projectId, newTasks(Array.from({ length: count }, (_, i) => String(i))));
}
