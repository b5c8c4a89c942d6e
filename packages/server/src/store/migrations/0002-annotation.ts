/** Annotation projects, their members, images, assignments and events. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('annotation_projects')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.references('users.id').onDelete('set null'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('closed_at', 'bigint')
    .addColumn('round', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('plan_after', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('next_number', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();

  await db.schema
    .createTable('annotation_members')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('project_id', 'text', (c) => c.notNull().references('annotation_projects.id').onDelete('cascade'))
    .addColumn('user_id', 'text', (c) => c.references('users.id').onDelete('set null'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('joined_at', 'bigint', (c) => c.notNull())
    .addColumn('consented_at', 'bigint')
    .addColumn('seen_at', 'bigint')
    .addColumn('credit', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('attempts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('test_share', 'double precision')
    .addColumn('events', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('done', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('arbitrated', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('surplus', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('skipped', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('gold_seen', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('gold_right', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('active_ms', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('recent_ms', 'text', (c) => c.notNull().defaultTo('[]'))
    .addColumn('reliability', 'double precision')
    .addColumn('kappa', 'double precision')
    .addColumn('flags', 'text', (c) => c.notNull().defaultTo('[]'))
    // Nobody knows who the erased were: there may be several
    .addUniqueConstraint('annotation_members_project_user', ['project_id', 'user_id'])
    .execute();
  await db.schema.createIndex('annotation_members_user').on('annotation_members').column('user_id').execute();

  await db.schema
    .createTable('annotation_tasks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('project_id', 'text', (c) => c.notNull().references('annotation_projects.id').onDelete('cascade'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('look', 'text', (c) => c.notNull())
    .addColumn('duplicate_of', 'text')
    .addColumn('file_key', 'text')
    .addColumn('content_type', 'text', (c) => c.notNull())
    .addColumn('width', 'integer', (c) => c.notNull())
    .addColumn('height', 'integer', (c) => c.notNull())
    .addColumn('source', 'text')
    .addColumn('license', 'text')
    .addColumn('keyword', 'text')
    .addColumn('gold', 'text')
    .addColumn('feedback', 'text')
    .addColumn('proposal', 'text')
    .addColumn('wanted', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('annotation_tasks_name', ['project_id', 'name'])
    .addUniqueConstraint('annotation_tasks_sha256', ['project_id', 'sha256'])
    .addUniqueConstraint('annotation_tasks_number', ['project_id', 'number'])
    .execute();
  await db.schema.createIndex('annotation_tasks_role').on('annotation_tasks').columns(['project_id', 'role']).execute();
  await db.schema.createIndex('annotation_tasks_file').on('annotation_tasks').column('file_key').execute();

  await db.schema
    .createTable('annotation_assignments')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('task_id', 'text', (c) => c.notNull().references('annotation_tasks.id').onDelete('cascade'))
    .addColumn('member_id', 'text', (c) => c.notNull().references('annotation_members.id').onDelete('cascade'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('rank', 'bigint', (c) => c.notNull())
    .addColumn('lease_until', 'bigint')
    .addColumn('answer', 'text')
    .addColumn('answered_at', 'bigint')
    .addColumn('active_ms', 'integer', (c) => c.notNull().defaultTo(0))
    // Nobody sees an image twice
    .addUniqueConstraint('annotation_assignments_pair', ['task_id', 'member_id'])
    .execute();
  // What an annotator's next request looks for, in its order
  await db.schema
    .createIndex('annotation_assignments_next')
    .on('annotation_assignments')
    .columns(['member_id', 'state', 'rank'])
    .execute();

  await db.schema
    .createTable('annotation_events')
    .addColumn('member_id', 'text', (c) => c.notNull().references('annotation_members.id').onDelete('cascade'))
    .addColumn('key', 'text', (c) => c.notNull())
    .addColumn('sequence', 'integer', (c) => c.notNull())
    .addColumn('assignment_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('answer', 'text')
    .addColumn('active_ms', 'integer', (c) => c.notNull())
    .addColumn('client_at', 'bigint')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('message', 'text')
    .addColumn('is_right', 'integer')
    // An event that is sent twice is stored once
    .addPrimaryKeyConstraint('annotation_events_key', ['member_id', 'key'])
    .execute();

  // What is made of all answers of a project, and which server is making it anew
  await db.schema
    .createTable('annotation_figures')
    .addColumn('project_id', 'text', (c) => c.primaryKey().references('annotation_projects.id').onDelete('cascade'))
    .addColumn('events', 'bigint', (c) => c.notNull().defaultTo(-1))
    .addColumn('at', 'bigint')
    .addColumn('figures', 'text')
    .addColumn('claimed_until', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
}
