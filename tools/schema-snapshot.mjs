// Writes what a database of the server holds at this version, as SQL that both databases read: packages/server/src/store/snapshots/VERSION.sql. Run
// once for each release whose migrations are new; later versions are tested on it. Usage: node tools/schema-snapshot.mjs VERSION
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'libsql';
import { newId } from '../packages/server/dist/access/secrets.js';
import { projectSettingsSchema } from '../packages/server/dist/contract/index.js';
import { openStore } from '../packages/server/dist/store/index.js';

const [version] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) throw new Error('expected a version, such as 0.1.0');
const folder = await mkdtemp(join(tmpdir(), 'mien-snapshot-'));
try {
  const path = join(folder, 'mien.db');
  const store = await openStore({ sqlite: path });
  const user = await store.accounts.create({ name: 'Ada', role: 'owner', passwordHash: 'scrypt$1$1$1$c2FsdA$a2V5' });
  await store.accounts.openSession(user.id, 'a session', 'a csrf token');
  await store.accounts.createToken(user.id, 'a token', 'hash of a token', 30);
  await store.accounts.invite('hash of an invitation', { role: 'viewer', days: 7, createdBy: user.id });
  await store.audit.add({ actor: user, action: 'snapshot.made', detail: { version } });
  const job = { kind: 'recognize', ownerId: user.id, settings: { model: 'default' } };
  const items = ['a.jpg', "b's.jpg"].map((file) => ({ payload: { file }, fileKey: null }));
  await store.jobs.create({ ...job, items });
  const [first] = await store.jobs.claim(1, 60_000);
  await store.jobs.finish(first, { ok: true, result: { file: 'a.jpg', width: 4, height: 3, faces: [] } });
  await annotate(store, user);
  await store.close();

  const db = new Sqlite(path);
  const parts = db.prepare('select type, name, tbl_name, sql from sqlite_master where sql is not null').all();
  const literal = (value) =>
    value === null ? 'null' : typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
  const lines = parts.map(({ sql }) => `${sql};`);
  // In the order of their making, in which references point back
  for (const { name } of parts.filter(({ type }) => type === 'table'))
    for (const row of db.prepare(`select * from "${name}"`).all())
      lines.push(
        `insert into "${name}" (${Object.keys(row)
          .map((column) => `"${column}"`)
          .join(', ')}) values (${Object.values(row).map(literal).join(', ')});`,
      );
  const file = fileURLToPath(new URL(`../packages/server/src/store/snapshots/${version}.sql`, import.meta.url));
  await writeFile(file, `${lines.join('\n')}\n`, { flag: 'wx' });
  console.log(file);
} finally {
  await rm(folder, { recursive: true });
}

// A project with two images, of which one is labelled
async function annotate({ annotation }, user) {
  const options = ['happiness', 'sadness'].map((value) => ({ value, title: value }));
  const questions = [{ kind: 'choice', key: 'expression', title: 'Expression', options }];
  const settings = projectSettingsSchema.parse({ questions, labelsPerImage: 1 });
  const made = await annotation.projects.create('a project', settings, user.id);
  await annotation.projects.change(made.id, { state: 'open' });
  const image = { about: {}, look: '0'.repeat(64), duplicateOf: null, contentType: 'image/png', width: 4, height: 3 };
  const images = ['a.png', "b's.png"].map((name) => ({ ...image, id: newId(), name, sha256: name, fileKey: newId() }));
  await annotation.tasks.add(made.id, images);
  await annotation.members.add(made.id, [user.id], 'annotator');
  await annotation.members.join(made.id, user.id);
  const project = await annotation.projects.find(made.id);
  const member = await annotation.members.ofUser(made.id, user.id);
  const { assignments } = await annotation.work.next(project, member, 1, []);
  const answer = { expression: 'happiness' };
  const event = { key: 'key-0000', assignment: assignments[0].id, kind: 'answer', answer, activeMs: 1000 };
  await annotation.work.take(project, member.id, [event]);
}
