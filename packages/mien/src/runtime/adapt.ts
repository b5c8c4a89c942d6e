/** What the two ONNX Runtimes, of Node and of browsers, have in common as sessions. */
import { MienError } from '../errors.ts';
import type { DType, Tensor } from '../tensor/index.ts';
import type { Session } from './session.ts';

/** A tensor of either runtime, as far as it is read here. */
interface RuntimeTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
}

interface RuntimeSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  release(): Promise<void>;
}

/** How one runtime does it. */
export interface RuntimeCalls<T> {
  /** Wraps a tensor without copying it. */
  readonly wrap: (t: Tensor) => T;
  readonly run: (
    feeds: Record<string, T>,
    outputs: readonly string[],
    into: Readonly<Record<string, Tensor>>,
  ) => Promise<Readonly<Record<string, RuntimeTensor>>>;
}

/** @param label names the model in errors */
export function adaptSession<T>(session: RuntimeSession, label: string, { wrap, run }: RuntimeCalls<T>): Session {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, outputs, into) {
      const wrapped: Record<string, T> = {};
      for (const name of session.inputNames) {
        const t = feeds[name];
        if (!t) throw new MienError(`${label}: input "${name}" is missing`);
        wrapped[name] = wrap(t);
      }
      const results = await run(wrapped, outputs ?? session.outputNames, into ?? {}).catch((cause: unknown) => {
        throw new MienError(`${label}: running failed (${firstLine(cause)})`, { cause });
      });
      return Object.fromEntries(
        Object.entries(results).map(([name, t]): [string, Tensor] => [
          name,
          { dtype: t.type as DType, dims: t.dims, data: t.data as Tensor['data'] },
        ]),
      );
    },
    release: () => session.release(),
  };
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
