/** The parts of a model's card that the page shows. */
export interface ModelCard {
  readonly name: string;
  readonly title: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly input: { readonly width: number; readonly height: number; readonly channels: string };
  readonly heads: readonly {
    readonly output: string;
    readonly classes: readonly string[];
    readonly uncertainBelow?: number;
  }[];
  readonly data: { readonly dataset: string; readonly trainImages: number; readonly licence?: string };
  readonly training: { readonly date: string; readonly epochs: number };
  readonly metrics: readonly Metric[];
  readonly limits: readonly string[];
  readonly intendedUse: string;
  readonly robustness?: Robustness;
}

export interface Metric {
  readonly dataset: string;
  readonly split: string;
  readonly views?: string;
  readonly role?: string;
  readonly n: number;
  readonly accuracy: number;
  readonly meanAccuracy?: number;
  readonly ece?: number;
  readonly intervals?: { readonly accuracy?: readonly [number, number] };
  readonly coverage?: {
    readonly points: readonly {
      readonly threshold: number;
      readonly coverage: number;
      readonly accuracy: number | null;
    }[];
  };
}

export interface Robustness {
  readonly dataset: string;
  readonly split: string;
  readonly n: number;
  readonly accuracy: number;
  readonly changes: readonly {
    readonly kind: string;
    readonly what: string;
    readonly figures: readonly { readonly strength: number; readonly accuracy: number }[];
  }[];
}
