/** The only SQL: the database, its schema and the questions that the rest asks. */
import { Accounts } from './accounts.ts';
import { Annotation } from './annotation/index.ts';
import { Audit } from './audit.ts';
import { openDatabase, type Database, type Where } from './database.ts';
import { Jobs } from './jobs.ts';

export { isoOf, SESSION_MS, type Refusal } from './accounts.ts';
export type { AuditEvent } from './audit.ts';
export type { Claimed, JobRecord, NewItem, Outcome } from './jobs.ts';
export type {
  Figures,
  HandedOut,
  KnownImage,
  MemberQuality,
  MemberRecord,
  MemberRow,
  NewTask,
  ProjectRecord,
  TaskFigures,
  TaskRecord,
} from './annotation/index.ts';
export type { Where } from './database.ts';

export interface Store {
  readonly kind: Database['kind'];
  readonly accounts: Accounts;
  readonly audit: Audit;
  readonly jobs: Jobs;
  readonly annotation: Annotation;
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** @throws {InputError | MienError} when the database cannot be opened or brought up to date */
export async function openStore(where: Where): Promise<Store> {
  const database = await openDatabase(where);
  return {
    kind: database.kind,
    accounts: new Accounts(database),
    audit: new Audit(database),
    jobs: new Jobs(database),
    annotation: new Annotation(database),
    ping: async () => {
      await database.db.selectFrom('marks').select('name').limit(1).execute();
    },
    close: () => database.close(),
  };
}
