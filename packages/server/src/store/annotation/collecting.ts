/** All images and answers of a project, for figures and exports: a million and more, read in pages. */
import type { Collected, CollectedAnswer, CollectedTask } from '../../annotation/collected.ts';
import type { Answer } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import { jsonOf, projectOf, taskOf } from './records.ts';

/** Images of a page. */
const TASKS = 400;

/** @returns undefined: there is no such project */
export async function collect({ db, now }: Database, projectId: string): Promise<Collected | undefined> {
  const project = await db
    .selectFrom('annotation_projects')
    .selectAll()
    .select(now.as('now'))
    .where('id', '=', projectId)
    .executeTakeFirst();
  if (!project) return undefined;
  const members = (
    await db.selectFrom('annotation_members').select('id').where('project_id', '=', projectId).orderBy('id').execute()
  ).map(({ id }) => id);
  const memberAt = new Map(members.map((id, i) => [id, i]));
  const tasks: CollectedTask[] = [];
  const answers: CollectedAnswer[] = [];
  const known = new Map<string, Answer>();
  for (let after = -1; ;) {
    const page = await db
      .selectFrom('annotation_tasks')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('number', '>', after)
      .orderBy('number')
      .limit(TASKS)
      .execute();
    if (page.length === 0) break;
    after = page.at(-1)!.number;
    const taskAt = new Map(page.map(({ number }, i) => [number, tasks.length + i]));
    for (const row of page) {
      const { id, name, role, width, height, source, license, keyword, gold, proposal } = taskOf(row);
      tasks.push({ id, name, role, width, height, source, license, keyword, gold, proposal });
    }
    const rows = await db
      .selectFrom('annotation_assignments')
      .select(['number', 'member_id', 'kind', 'state', 'answer', 'answered_at', 'active_ms'])
      .where(
        'task_id',
        'in',
        page.map(({ id }) => id),
      )
      .where('state', 'in', ['done', 'surplus', 'void'])
      .execute();
    for (const row of rows) {
      const text = row.answer!;
      let answer = known.get(text);
      if (!answer) known.set(text, (answer = jsonOf<Answer>(text)!));
      const isItem = row.kind === 'tutorial' || row.kind === 'test';
      answers.push({
        task: taskAt.get(row.number)!,
        member: memberAt.get(row.member_id)!,
        answer,
        atMs: row.answered_at!,
        activeMs: row.active_ms,
        isCounted: row.state === 'done' && !isItem,
        isArbitration: row.kind === 'arbitration',
      });
    }
  }
  // Those who joined since the members were read are not part of it
  const own = answers.filter(({ member }) => (member as number | undefined) !== undefined);
  own.sort((a, b) => a.atMs - b.atMs);
  return { settings: projectOf(project).settings, tasks, members, answers: own };
}
