/** `mien crowd`: votes of annotators become ground truth. */
import type { Command } from 'commander';
import { registerAdaptive } from '../crowd/adaptive.ts';
import { registerAgreement } from '../crowd/agreement.ts';
import { registerCompare } from '../crowd/compare.ts';
import { registerInfer } from '../crowd/infer.ts';
import { registerPartition } from '../crowd/partition.ts';
import { registerSimulate } from '../crowd/simulate.ts';

export function register(program: Command): void {
  const crowd = program.command('crowd').description("annotators' votes become labels, distributions and data sets");
  for (const registerVerb of [
    registerInfer,
    registerAgreement,
    registerPartition,
    registerCompare,
    registerSimulate,
    registerAdaptive,
  ])
    registerVerb(crowd);
}
