/**
 * Votes and true labels from files, in Node: what a browser cannot run.
 * @module
 */
export { readVotes, type ReadVotesOptions } from './read-votes.ts';
export { readTruth, scoreAgainst, type ReadTruthOptions, type Truth, type TruthScore } from './read-truth.ts';
