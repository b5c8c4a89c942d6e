/** Annotation in the database. */
import type { Collected } from '../../annotation/collected.ts';
import type { Database } from '../database.ts';
import { collect } from './collecting.ts';
import { eventsOf, type ExportedEvent } from './events.ts';
import { FiguresOfProjects } from './figures.ts';
import { Members } from './members.ts';
import { Planning } from './planning.ts';
import { Projects } from './projects.ts';
import { Tasks } from './tasks.ts';
import { Work } from './work.ts';

export type { MemberChange, MemberQuality, MemberRecord } from './members.ts';
export type { Figures, ProjectChange } from './projects.ts';
export type { MemberRow, ProjectRecord, TaskRecord } from './records.ts';
export type { KnownImage, NewTask, TaskFigures } from './tasks.ts';
export type { HandedOut } from './work.ts';

export class Annotation {
  readonly projects: Projects;
  readonly tasks: Tasks;
  readonly members: Members;
  readonly planning: Planning;
  readonly work: Work;
  readonly figures: FiguresOfProjects;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    this.projects = new Projects(database);
    this.tasks = new Tasks(database);
    this.members = new Members(database);
    this.planning = new Planning(database);
    this.work = new Work(database, this.planning);
    this.figures = new FiguresOfProjects(database);
  }

  /** @returns undefined: there is no such project */
  collect(projectId: string): Promise<Collected | undefined> {
    return collect(this.#database, projectId);
  }

  events(projectId: string): AsyncGenerator<ExportedEvent> {
    return eventsOf(this.#database, projectId);
  }

  /** Changes how many labels images want. @param wanted by image */
  setWanted(projectId: string, wanted: ReadonlyMap<string, number>): Promise<void> {
    return this.tasks.setWanted(projectId, wanted);
  }
}
