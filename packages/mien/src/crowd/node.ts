/** Votes and true labels from files, in Node: what index.ts leaves out because a browser cannot run it. */
export { readVotes, type ReadVotesOptions } from './read-votes.ts';
export { readTruth, scoreAgainst, type Truth, type TruthScore } from './read-truth.ts';
