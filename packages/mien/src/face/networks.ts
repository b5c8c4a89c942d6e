/**
 * The networks that find faces and fit meshes, from wherever their files are kept: npm packages in Node (node.ts), a
 * folder that a page serves in a browser. Each is loaded when it is first needed and kept for the life of the process.
 */
import { createSession, type Session, type SessionOptions } from '../runtime/index.ts';
import { decodeCanonicalFace, type CanonicalFace } from './canonical-face.ts';
import { MediaPipeMesher, type MesherOptions } from './mesher.ts';
import { PhotoFaceDetector } from './photo-detector.ts';
import { FULL_RANGE, SHORT_RANGE, Ssd } from './ssd.ts';
import { WholeImageDetector } from './whole-image-detector.ts';

export const FACE_NETWORKS = [
  'face-detection-short-range',
  'face-detection-full-range',
  'face-landmark',
  'face-landmark-with-attention',
] as const;
export type NetworkName = (typeof FACE_NETWORKS)[number];

/** Where the files are kept. */
export interface FaceFiles {
  /** @returns the bytes of an ONNX model */
  network(name: NetworkName): Promise<Uint8Array>;
  /** @returns the bytes of MediaPipe's geometry_pipeline_metadata_landmarks.binarypb */
  canonicalFace(): Promise<Uint8Array>;
}

/**
 * Every method throws what reading the files throws, and {MienError} when they are damaged or the device is not
 * available.
 */
export class FaceNetworks {
  readonly #files: FaceFiles;
  /** By name and session options. */
  readonly #sessions = new Map<string, Promise<Session>>();

  constructor(files: FaceFiles) {
    this.#files = files;
  }

  session(name: NetworkName, options: SessionOptions = {}): Promise<Session> {
    const key = JSON.stringify([name, options.device, options.threads]);
    let session = this.#sessions.get(key);
    if (!session) {
      session = this.#files.network(name).then((bytes) => createSession(bytes, options, name));
      session.catch(() => this.#sessions.delete(key)); // so that a second attempt may succeed
      this.#sessions.set(key, session);
    }
    return session;
  }

  async detector(session: SessionOptions = {}): Promise<PhotoFaceDetector> {
    const [near, far] = await Promise.all([
      this.session('face-detection-short-range', session),
      this.session('face-detection-full-range', session),
    ]);
    return new PhotoFaceDetector({ near: new Ssd(SHORT_RANGE, near), far: new Ssd(FULL_RANGE, far) });
  }

  /** What MediaPipe's face mesh runtime detects with; with a mesher of one look it gives that runtime's own results. */
  async mediaPipeDetector(session: SessionOptions = {}): Promise<WholeImageDetector> {
    return new WholeImageDetector(
      new Ssd(SHORT_RANGE, await this.session('face-detection-short-range', session), { maxStep: Infinity }),
    );
  }

  async mesher({ looks, ...session }: MesherOptions & SessionOptions = {}): Promise<MediaPipeMesher> {
    return new MediaPipeMesher(await this.session('face-landmark', session), looks === undefined ? {} : { looks });
  }

  /**
   * The attention mesh: 478 points, with finer lips and eyes, and irises. It takes longer and rejects more half-hidden
   * faces.
   */
  async attentionMesher({ looks, ...session }: MesherOptions & SessionOptions = {}): Promise<MediaPipeMesher> {
    return new MediaPipeMesher(
      await this.session('face-landmark-with-attention', session),
      looks === undefined ? {} : { looks },
    );
  }

  async canonicalFace(): Promise<CanonicalFace> {
    return decodeCanonicalFace(await this.#files.canonicalFace());
  }
}
