/** What the page and the worker say to each other. Only the worker loads networks. */
import type { CanonicalFace } from 'mienjs/face';
import type { FaceResult } from 'mienjs/results';

export type DeviceChoice = 'auto' | 'wasm' | 'webgpu';

export interface LoadRequest {
  readonly device: DeviceChoice;
  readonly model: string;
  /** Whether each face is shown mirrored as well (`--accurate` of the command). */
  readonly isAccurate: boolean;
  /** Address of the folder with the models. */
  readonly assets: string;
}

export interface Loaded {
  readonly device: 'wasm' | 'webgpu';
  readonly threads: number;
  readonly model: string;
  readonly classes: readonly string[];
  /** Confidence below which an answer is uncertain. */
  readonly uncertainBelow: number | undefined;
  /** uint32 [T,3]: triangles of the face's mesh. */
  readonly triangles: Uint32Array;
  /** Why the device is another than the one that was asked for. */
  readonly note?: string;
}

export interface FaceReading {
  /** The same in each frame of a video. */
  readonly id?: number;
  readonly prediction: FaceResult;
  /** float32 [P,3], px of the image. */
  readonly mesh: Float32Array;
}

export interface Reading {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly FaceReading[];
  readonly elapsedMs: number;
  /** Whole frames that the detector has searched so far; for videos. */
  readonly searches?: number;
}

/** Pixels that the worker decodes, or has: the last image that it read under this key. */
export interface ImageRequest {
  readonly key: string;
  readonly name: string;
  /** Absent for frames, of which the worker keeps the last. */
  readonly file?: Blob;
}

/** What faces are read for. */
export interface ReadOptions {
  /** Whether they get estimates of action units. */
  readonly actionUnits: boolean;
}

export interface Saliency {
  readonly expression: string;
  /** RGBA, transparent where nothing matters. */
  readonly map: ImageData;
  /** From pixels of the map to pixels of the image: a, b, tx, c, d, ty. */
  readonly toImage: readonly [number, number, number, number, number, number];
  /** Largest change of the probability that covering a part makes. */
  readonly range: number;
}

export interface Surface {
  /** float32 [V,3], cm; x to the image's right, y down, z away, the face looking along −z. */
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
  /** uint8 [V,3] */
  readonly colors: Uint8Array;
  /** uint8 [V]: 1 where the photo shows the vertex. */
  readonly visible: Uint8Array;
  readonly yawDeg: number;
  readonly pitchDeg: number;
  readonly rollDeg: number;
  readonly visibleShare: number;
}

/** What the page asks for, and what it gets. */
export interface Calls {
  load: { readonly request: LoadRequest; readonly response: Loaded };
  read: { readonly request: ImageRequest & ReadOptions; readonly response: Reading };
  /** The next frame of the video or camera; `isFirst` begins another one. */
  track: {
    readonly request: { readonly frame: ImageBitmap; readonly key: string; readonly isFirst: boolean } & ReadOptions;
    readonly response: Reading;
  };
  /** What meshes are laid on, for the worker that draws characters. */
  canonical: { readonly request: undefined; readonly response: CanonicalFace };
  explain: { readonly request: ImageRequest & { readonly face: FaceReading }; readonly response: Saliency };
  surface: { readonly request: ImageRequest & { readonly face: FaceReading }; readonly response: Surface };
  glb: { readonly request: ImageRequest & { readonly face: FaceReading }; readonly response: Uint8Array };
  /** A picture that an `<img>` can show, of an image that it cannot. */
  preview: { readonly request: ImageRequest; readonly response: Blob };
}
export type CallName = keyof Calls;

export type ToWorker = {
  [N in CallName]: { readonly id: number; readonly name: N; readonly request: Calls[N]['request'] };
}[CallName];

export type FromWorker =
  | { readonly kind: 'done'; readonly id: number; readonly response: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'progress'; readonly loadedBytes: number; readonly totalBytes: number };
