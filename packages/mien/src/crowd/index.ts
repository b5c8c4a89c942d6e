export * from './inference.ts';
export { infer } from './methods/index.ts';
export { readVotes } from './read-votes.ts';
export { createVotes, type DuplicatePolicy, type VoteRow, type Votes, type VotesOptions } from './votes.ts';
export * from './agreement/index.ts';
