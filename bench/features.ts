/**
 * Hand-crafted features of one 100×100 image, on one thread, against scikit-image; Gabor also against OpenCV, and
 * against SciPy's transforms with everything prepared. The image is in memory on both sides, and the numbers of both
 * are compared.
 */
import { MienError } from 'mienjs';
import { FEATURES, type ImageFeature } from 'mienjs/features';
import { rawImage, type RawImage } from 'mienjs/image';
import { Random } from 'mienjs/tensor';
import { fileURLToPath } from 'node:url';
import { PythonProcess } from './python-process.ts';
import { interleave, median, millisecondsPerRun, MIN_SAMPLE_MS } from './timing.ts';

export interface FeatureRow {
  readonly bench: 'features';
  readonly feature: string;
  /** Null where Python or scikit-image is missing. */
  readonly peer: string | null;
  readonly mienMs: number;
  readonly peerMs: number | null;
  /** mienMs / peerMs. */
  readonly ratio: number | null;
  /** Mean absolute difference of the numbers, as a share of the peer's mean. */
  readonly difference: number | null;
}

const SCRIPT = fileURLToPath(new URL('../skimage/features.py', import.meta.url));
const SIDE = 100;
const PEERS = {
  lbp: ['scikit-image'],
  hog: ['scikit-image'],
  gabor: [
    'scikit-image kernels, scipy.signal.fftconvolve',
    'scikit-image kernels, kept spectra, scipy.fft',
    'OpenCV filter2D',
  ],
} as const satisfies Record<string, readonly string[]>;

interface Hello {
  readonly versions: Readonly<Record<string, string>>;
}

/** @returns a row for each peer of each feature, and the versions of the peers' libraries */
export async function benchFeatures(
  rounds: number,
  log: (line: string) => void,
): Promise<{ rows: FeatureRow[]; versions: Readonly<Record<string, string>> }> {
  const image = noise();
  const python = await PythonProcess.start<Hello>('scikit-image', SCRIPT).catch((error: unknown) => {
    if (!(error instanceof MienError)) throw error;
    log(`${error.message}; the features have no ratio`);
    return null;
  });
  try {
    if (python) await python.process.ask({ pixels: Array.from(image.data), side: SIDE });
    const rows: FeatureRow[] = [];
    for (const feature of FEATURES) rows.push(...(await benchFeature(feature, image, python?.process ?? null, rounds)));
    return { rows, versions: python?.hello.versions ?? {} };
  } finally {
    python?.process.stop();
  }
}

async function benchFeature(
  feature: ImageFeature,
  image: RawImage,
  python: PythonProcess | null,
  rounds: number,
): Promise<FeatureRow[]> {
  const ours = (): Promise<number> => millisecondsPerRun(() => Promise.resolve(feature.extract(image)));
  if (!python)
    return [
      {
        bench: 'features',
        feature: feature.name,
        peer: null,
        mienMs: median((await interleave([ours], rounds))[0]!),
        peerMs: null,
        ratio: null,
        difference: null,
      },
    ];
  const peers: readonly string[] = PEERS[feature.name as keyof typeof PEERS];
  const theirs = peers.map(
    (peer) => async () => (await python.ask<{ ms: number }>({ feature: feature.name, peer, minMs: MIN_SAMPLE_MS })).ms,
  );
  const [mienMs, ...peerMs] = (await interleave([ours, ...theirs], rounds)).map(median);
  const values = feature.extract(image);
  const rows: FeatureRow[] = [];
  for (const [i, peer] of peers.entries()) {
    const { values: wanted } = await python.ask<{ values: number[] }>({ feature: feature.name, peer });
    if (wanted.length !== values.length)
      throw new MienError(
        `bench features: ${feature.name} has ${values.length} numbers here and ${wanted.length} in ${peer}`,
      );
    const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + Math.abs(b), 0);
    const difference = sum(wanted.map((value, j) => value - values[j]!)) / sum(wanted);
    rows.push({
      bench: 'features',
      feature: feature.name,
      peer,
      mienMs: mienMs!,
      peerMs: peerMs[i]!,
      ratio: mienMs! / peerMs[i]!,
      difference,
    });
  }
  return rows;
}

/** Times do not depend on what is in the image. */
function noise(): RawImage {
  const random = new Random(1, 'bench/features');
  return rawImage(
    SIDE,
    SIDE,
    1,
    Uint8Array.from({ length: SIDE * SIDE }, () => random.int(256)),
  );
}
