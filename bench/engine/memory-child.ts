/** The process whose memory is measured: a few steps of one network. Usage: memory-child.js NETWORK THREADS */
import { MEMORY_STEPS, residentMiB, type Memory } from './memory.ts';
import { CASES, prepareMien } from './networks.ts';
import { DEEP_CASES } from './recompute.ts';

const [network, threads] = process.argv.slice(2);
const idleMiB = residentMiB('VmRSS');
const steps = await prepareMien(
  [...CASES, ...DEEP_CASES].find(({ name }) => name === network)!,
  Number(threads),
);
for (let i = 0; i < MEMORY_STEPS; i++) await steps.step();
const memory: Memory = { idleMiB, peakMiB: residentMiB('VmHWM') };
process.stdout.write(JSON.stringify(memory));
await steps.release();
