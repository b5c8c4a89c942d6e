/**
 * Counter-based random numbers: value i of a stream is a pure function of (seed, stream name, i),
 * so that a run is reproducible, resumes from a checkpoint to the same numbers, and parallel users
 * of randomness never disturb each other.
 *
 * The mixer is a 32-bit multiply-xorshift hash applied twice with the key folded in between.
 */
function mix32(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

function hashString(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mix32(h);
}

export class Random {
  readonly #keyA: number;
  readonly #keyB: number;
  #counter = 0;

  /**
   * @param seed any integer   @param stream names the use, e.g. `augment/epoch-3/sample-17`
   */
  constructor(seed: number, stream = '') {
    this.#keyA = mix32((seed >>> 0) ^ hashString(stream));
    this.#keyB = mix32(Math.floor(seed / 2 ** 32) ^ this.#keyA ^ hashString(`${stream}#`));
  }

  /** Uniform 32-bit unsigned integer. */
  uint32(): number {
    const c = this.#counter++;
    return mix32(mix32((c >>> 0) ^ this.#keyA) + this.#keyB + Math.floor(c / 2 ** 32));
  }

  /** Uniform in [0, 1), with 32 random bits. */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** Uniform in [low, high). */
  range(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal by Box–Muller; two uniforms a value, so that a value depends on the counter alone. */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A random permutation of 0 … n−1 (Fisher–Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const t = order[i]!;
      order[i] = order[j]!;
      order[j] = t;
    }
    return order;
  }
}
