/** What the server and its recognition processes say to each other. */
import type { ImageResult } from 'mienjs/results';
import type { Device } from 'mienjs/runtime';
import type { Inspection } from './inspect-photo.ts';

/** The first message to a process. */
export interface Setup {
  readonly model: string;
  readonly views: 'single' | 'mirror';
  readonly device: Device;
  /** Threads of the network. */
  readonly threads: number;
  readonly maxPixels: number;
  readonly maxFaces: number;
}

/** All further ones: a photo to recognise, or only to look at. */
export interface Task {
  readonly id: number;
  readonly what: 'recognize' | 'inspect';
  /** Of a photo to recognise: whether its faces get estimates of action units. */
  readonly actionUnits: boolean;
  /** As its owner calls it. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export type Answer =
  | { readonly kind: 'ready'; readonly model: string; readonly classes: readonly string[] }
  /** The recogniser cannot be loaded. */
  | { readonly kind: 'unusable'; readonly message: string }
  | { readonly kind: 'done'; readonly id: number; readonly result: ImageResult | Inspection };
