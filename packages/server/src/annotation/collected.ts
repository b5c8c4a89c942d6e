/** A project's images and the answers to them, as the store gives them to figures and exports. */
import type { Answer, ProjectSettings, Proposal, TaskRole } from '../contract/index.ts';

export interface CollectedTask {
  readonly id: string;
  /** Unique within the project. */
  readonly name: string;
  readonly role: TaskRole;
  readonly width: number;
  readonly height: number;
  readonly source: string | null;
  readonly license: string | null;
  readonly keyword: string | null;
  readonly gold: Answer | null;
  readonly proposal: Proposal | null;
}

export interface CollectedAnswer {
  /** Index into `tasks`. */
  readonly task: number;
  /** Index into `members`. */
  readonly member: number;
  /** Equal answers are one object. */
  readonly answer: Answer;
  readonly atMs: number;
  readonly activeMs: number;
  /** Whether it counts: not surplus, not an item of tutorial or test, not of somebody whose labels were given back. */
  readonly isCounted: boolean;
  /** An arbiter's, which replaces what the two coders say differently. */
  readonly isArbitration: boolean;
}

export interface Collected {
  readonly settings: ProjectSettings;
  readonly tasks: readonly CollectedTask[];
  /** Pseudonyms. */
  readonly members: readonly string[];
  /** The last answer for each task and member, in the order of their giving. */
  readonly answers: readonly CollectedAnswer[];
}
