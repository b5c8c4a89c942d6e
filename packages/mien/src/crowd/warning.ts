/** What a crowd warning is. */
export type WarningCode =
  | 'few-votes-per-task'
  | 'few-votes-per-worker'
  | 'one-worker'
  | 'disconnected'
  | 'class-never-voted'
  | 'labels-alike'
  | 'mixed-times'
  | 'unknown-workers'
  | 'not-converged'
  | 'asymmetric-confusion'
  | 'reliability-misfit'
  | 'label-without-vote';

export interface CrowdWarning {
  readonly code: WarningCode;
  /** One sentence or two. */
  readonly message: string;
}
