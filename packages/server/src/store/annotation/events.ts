/** All that happened in a project, for export: a million events and more, read one member at a time. */
import type { Answer, EventResult } from '../../contract/index.ts';
import type { Database } from '../database.ts';
import type { AssignmentKind } from '../schema.ts';
import { jsonOf } from './records.ts';

export interface ExportedEvent {
  readonly member: string;
  /** The client's: unique for the member. */
  readonly key: string;
  readonly kind: 'answer' | 'skip' | 'undo';
  readonly task: string;
  readonly assignment: string;
  /** What it was handed out as. */
  readonly of: AssignmentKind;
  readonly answer: Answer | null;
  readonly activeMs: number;
  readonly at: string;
  readonly clientAt: string | null;
  readonly outcome: EventResult['outcome'];
}

/** Member by member, each in the order of their events. */
export async function* eventsOf({ db }: Database, projectId: string): AsyncGenerator<ExportedEvent> {
  const members = await db
    .selectFrom('annotation_members')
    .select('id')
    .where('project_id', '=', projectId)
    .orderBy('id')
    .execute();
  for (const { id } of members) {
    const rows = await db
      .selectFrom('annotation_events as e')
      .innerJoin('annotation_assignments as a', 'a.id', 'e.assignment_id')
      .innerJoin('annotation_tasks as t', 't.id', 'a.task_id')
      .selectAll('e')
      .select(['a.kind as of', 't.name as task'])
      .where('e.member_id', '=', id)
      .orderBy('e.sequence')
      .execute();
    for (const row of rows)
      yield {
        member: id,
        key: row.key,
        kind: row.kind,
        task: row.task,
        assignment: row.assignment_id,
        of: row.of,
        answer: jsonOf<Answer>(row.answer),
        activeMs: row.active_ms,
        at: new Date(row.at).toISOString(),
        clientAt: row.client_at === null ? null : new Date(row.client_at).toISOString(),
        outcome: row.outcome,
      };
  }
}
