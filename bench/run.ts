/**
 * npm run bench [-- engine|recognition|peers|crowd|crowd-defaults|features|classifiers|faces|lowerings|dlp-cnn|
 * recentralization|comparison|server|camera|streaming|characters]
 * [--json] [--rounds N] [--network NAME] [--classifier NAME] [--no-memory] [--against DIR] [--set TEXT] [--position-map
 * FILE] Whatever is run
 * whole is also written to bench/results/. What the rows mean: README.md.
 */
import { parseArgs } from 'node:util';
import { benchCamera, type CameraRow } from './camera.ts';
import { benchCharacters, type CharacterRow } from './characters.ts';
import { benchClassifiers, KINDS, type ClassifierRow } from './classifiers.ts';
import { benchComparison, type ComparisonRow } from './comparison.ts';
import { benchCrowd, type CrowdRow } from './crowd.ts';
import { benchCrowdDefaults, type CrowdDefaultsRow } from './crowd-defaults.ts';
import { benchEngine, type EngineRow, type EngineSummary } from './engine/engine.ts';
import { benchLocality, type LocalityRow } from './engine/locality.ts';
import { benchLowerings, type LoweringRow } from './engine/lowerings.ts';
import { benchRecompute, type RecomputeRow } from './engine/recompute.ts';
import { benchTensorFlow, type TensorFlowRow } from './engine/tensorflow.ts';
import { benchFaces, type FaceRow } from './faces/faces.ts';
import { benchFeatures, type FeatureRow } from './features.ts';
import { currentCommit, describeMachine, type Machine } from './machine.ts';
import { benchPeers, type PeerRow } from './peers.ts';
import { benchRecentralization, type RecentralizationRow } from './recentralization/recentralization.ts';
import { benchRecognition, type PipelineRow, type RecognitionRow, type StartRow } from './recognition.ts';
import { logAs, runProgram } from './program.ts';
import { benchServer, type ServerRow } from './server.ts';
import { benchStreaming, type StreamingRow } from './streaming.ts';
import { writeResult } from './results.ts';
import { formatTable } from './table.ts';

type Row =
  | EngineRow
  | EngineSummary
  | TensorFlowRow
  | RecomputeRow
  | LoweringRow
  | LocalityRow
  | RecognitionRow
  | PipelineRow
  | StartRow
  | PeerRow
  | CrowdRow
  | CrowdDefaultsRow
  | ClassifierRow
  | FeatureRow
  | FaceRow
  | RecentralizationRow
  | ComparisonRow
  | ServerRow
  | CameraRow
  | StreamingRow
  | CharacterRow;

interface Report {
  readonly machine: Machine;
  /** When it began: ISO 8601, UTC. */
  readonly date: string;
  readonly commit: string;
  /** Samples behind each median. */
  readonly rounds: number;
  readonly rows: Row[];
}

const log = logAs('bench');

/** What a benchmark measured, and the versions of the programs it measured against. */
interface Measured {
  readonly rows: readonly Row[];
  readonly versions?: Machine['versions'];
}
type Options = Arguments & { readonly cores: number };

const only = async <R extends Row>(rows: Promise<readonly R[]> | readonly R[]): Promise<Measured> => ({
  rows: await rows,
});

async function engine({ rounds, cores, memory, networks }: Options): Promise<Measured> {
  const { rows, torch } = await benchEngine({ rounds, threads: cores, memory, ...(networks ? { networks } : {}) }, log);
  return {
    rows: [
      ...rows,
      ...(networks ? [] : await benchTensorFlow(rounds)),
      ...(networks || !memory ? [] : await benchRecompute(rounds, cores)),
    ],
    ...(torch === null ? {} : { versions: { torch } }),
  };
}

const BENCHES = {
  engine,
  recognition: ({ rounds, cores }) => only(benchRecognition(rounds, cores)),
  peers: ({ rounds, cores }) => only(benchPeers(rounds, cores)),
  crowd: ({ rounds }) => only(benchCrowd(rounds, log)),
  'crowd-defaults': ({ rounds }) => only(benchCrowdDefaults(rounds, log)),
  features: ({ rounds }) => benchFeatures(rounds, log),
  classifiers: ({ rounds, kinds = KINDS }) => benchClassifiers(rounds, kinds, log),
  faces: ({ against, sets }) => only(benchFaces({ against, sets }, log)),
  lowerings: ({ rounds }) => only(benchLowerings(rounds)),
  'dlp-cnn': ({ rounds, cores }) => only(benchLocality(rounds, cores)),
  recentralization: ({ rounds, positionMap }) => only(benchRecentralization(rounds, log, positionMap)),
  comparison: ({ rounds }) => only(benchComparison(rounds, log)),
  server: ({ rounds, cores }) => only(benchServer(rounds, cores, log)),
  camera: ({ rounds }) => only(benchCamera(rounds, log)),
  streaming: ({ cores }) => only(benchStreaming(cores, log)),
  characters: ({ rounds }) => only(benchCharacters(rounds, log)),
} satisfies Record<string, (options: Options) => Promise<Measured>>;
type Bench = keyof typeof BENCHES;
const BENCH_NAMES = Object.keys(BENCHES) as Bench[];

const DEFAULT_ROUNDS = 21;

interface Arguments {
  readonly benches: readonly Bench[];
  readonly json: boolean;
  readonly rounds: number;
  /** Networks of the engine; all when absent. */
  readonly networks?: readonly string[];
  /** Which classifiers; all when absent. */
  readonly kinds?: readonly string[];
  readonly memory: boolean;
  /** Another checkout, built, whose search for faces is compared with. */
  readonly against?: string;
  /** Parts of the names of the faces' sets of pictures; all when absent. */
  readonly sets?: readonly string[];
  /** A position-map network, which is compared with the mesh in place of all else that is measured of surfaces. */
  readonly positionMap?: string;
}

/** @throws {TypeError} when the arguments are not those above */
function parseArguments(): Arguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      network: { type: 'string', multiple: true },
      classifier: { type: 'string', multiple: true },
      'no-memory': { type: 'boolean', default: false },
      against: { type: 'string' },
      set: { type: 'string', multiple: true },
      'position-map': { type: 'string' },
    },
  });
  const { json, network: networks } = values;
  const rounds = values.rounds === undefined ? DEFAULT_ROUNDS : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new TypeError(`--rounds: expected a positive whole number, got "${values.rounds}"`);
  const unknown = positionals.find((name) => !BENCH_NAMES.includes(name as Bench));
  if (unknown !== undefined)
    throw new TypeError(`"${unknown}" is not a benchmark, expected ${BENCH_NAMES.join(', ')} or none for all`);
  const benches = BENCH_NAMES.filter((name) => positionals.length === 0 || positionals.includes(name));
  const kinds = values.classifier;
  const stray = kinds?.find((kind) => !(KINDS as readonly string[]).includes(kind));
  if (stray !== undefined) throw new TypeError(`--classifier: expected ${KINDS.join(', ')}, got "${stray}"`);
  if ((networks || values['no-memory']) && !benches.includes('engine'))
    throw new TypeError('--network and --no-memory belong to the benchmark "engine"');
  const { against, set: sets } = values;
  if ((against !== undefined || sets) && !benches.includes('faces'))
    throw new TypeError('--against and --set belong to the benchmark "faces"');
  const positionMap = values['position-map'];
  if (positionMap !== undefined && !benches.includes('recentralization'))
    throw new TypeError('--position-map belongs to the benchmark "recentralization"');
  return {
    benches,
    json,
    rounds,
    ...(positionMap === undefined ? {} : { positionMap }),
    memory: !values['no-memory'],
    ...(against === undefined ? {} : { against }),
    ...(sets ? { sets } : {}),
    ...(networks ? { networks } : {}),
    ...(kinds ? { kinds } : {}),
  };
}

async function run(args: Arguments): Promise<Report> {
  const date = new Date().toISOString();
  const commit = currentCommit();
  let machine = describeMachine();
  const { cores, load } = machine;
  if (load > cores / 4)
    log(`the load of this machine is ${load.toFixed(1)} on ${cores} cores: expect times that are too long`);
  const rows: Row[] = [];
  for (const bench of args.benches) {
    log(`${bench}, ${args.rounds} rounds on ${cores} threads`);
    const measured: Measured = await BENCHES[bench]({ ...args, cores });
    rows.push(...measured.rows);
    machine = { ...machine, versions: { ...machine.versions, ...measured.versions } };
  }
  return { machine, date, commit, rounds: args.rounds, rows };
}

/** The machine, then a table for each benchmark. */
function formatReport({ machine, commit, rows }: Report): string {
  const { cpu, cores, node, load } = machine;
  const tables = [...new Set(rows.map(({ bench }) => bench))].map((bench) =>
    rows.filter((row) => row.bench === bench).map(({ bench: _, ...columns }) => columns),
  );
  return [
    `${cpu}, ${cores} cores, load ${load.toFixed(1)}, Node ${node}, commit ${commit}`,
    ...tables.map(formatTable),
  ].join('\n\n');
}

/** For JSON: five digits are more than the clock is worth. */
const roundNumber = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(5)) : value;

async function main(args: Arguments): Promise<void> {
  const report = await run(args);
  const text = `${JSON.stringify(report, roundNumber, 2)}\n`;
  process.stdout.write(args.json ? text : `${formatReport(report)}\n`);
  // What a claim may cite: every row of the benchmarks asked for
  const whole = args.memory && !args.networks && !args.kinds && !args.sets && args.positionMap === undefined;
  const part = args.benches.length === BENCH_NAMES.length ? '' : args.benches.join('-');
  if (whole) {
    const path = await writeResult(text, { date: report.date, commit: report.commit, name: part });
    log(`written to ${path}`);
  }
}

await runProgram(log, parseArguments, main);
