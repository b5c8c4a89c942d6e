/**
 * Golden files: values that a reference library computed, written by a script in `tools/golden/`.
 *
 *   { "source": { "command", "seed", "versions": { library: version } },
 *     "tensors": { name: { "dtype", "dims", "data": [numbers, row-major] } } }
 *
 * dtype is `float32` when absent. Other keys of the document are the test's own and stand in `document`.
 */
import { readFile } from 'node:fs/promises';
import { InputError } from 'mienjs';
import { allocate, tensor, type DType, type Tensor } from 'mienjs/tensor';

export interface GoldenSource {
  readonly command: string;
  readonly seed?: number;
  readonly versions: Readonly<Record<string, string>>;
}

export interface Golden {
  readonly source: GoldenSource;
  /** @throws {InputError} when the file has no such tensor */
  tensor(name: string): Tensor;
  readonly tensorNames: readonly string[];
  /** The tensors whose names begin with `prefix`, by what follows it. */
  startingWith(prefix: string): Record<string, Tensor>;
  readonly document: Readonly<Record<string, unknown>>;
}

interface StoredTensor {
  readonly dtype?: DType;
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

/**
 * Reads a golden file, `new URL('./name.golden.json', import.meta.url)`.
 * @throws {InputError} when it does not say how it was made
 */
export async function readGolden(file: URL): Promise<Golden> {
  const label = file.pathname.split('/').at(-1) ?? file.pathname;
  const document = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  const source = document['source'] as Partial<GoldenSource> | undefined;
  if (source?.command === undefined || source.versions === undefined)
    throw new InputError(label, 'expected "source" with "command" and "versions", which it lacks');
  const stored = (document['tensors'] ?? {}) as Readonly<Record<string, StoredTensor>>;
  return {
    source: source as GoldenSource,
    document,
    tensorNames: Object.keys(stored),
    startingWith: (prefix) =>
      Object.fromEntries(
        Object.entries(stored).flatMap(([name, t]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), toTensor(t)]] : [],
        ),
      ),
    tensor(name) {
      const t = stored[name];
      if (t === undefined)
        throw new InputError(label, `has no tensor "${name}"; it has ${Object.keys(stored).join(', ')}`);
      return toTensor(t);
    },
  };
}

function toTensor({ dtype = 'float32', dims, data }: StoredTensor): Tensor {
  const out = allocate(dtype, data.length);
  if (out instanceof BigInt64Array) data.forEach((v, i) => (out[i] = BigInt(v)));
  else out.set(data);
  return tensor(dtype, dims, out);
}
