/**
 * Faces followed from frame to frame: the mesh of one frame says where to look in the next, as in MediaPipe's graph
 * (Kartynnik et al. 2019, section 2.1). The detector searches a whole frame only when no face is followed, when one was
 * lost, and now and then for faces that have come in.
 */
import { ShapeError } from '../errors.ts';
import type { BoxXYWH, RawImage } from '../image/index.ts';
import { DUPLICATE_OVERLAP, type Face, findFaces, MIN_PRESENCE } from './find-faces.ts';
import { boundingBox, roiFromMesh } from './roi.ts';
import { intersectionOverUnion, SAME_FACE_OVERLAP } from './suppression.ts';
import type { FaceDetector, FaceMesh, FaceMesher } from './types.ts';

export interface FaceTrackerOptions {
  /**
   * Frames after which a whole frame is searched for newcomers although no face was lost; 1 searches every frame,
   * Infinity never. Default 15.
   */
  readonly searchEvery?: number;
  /**
   * Frames for which a lost face keeps its number: found again near the same place, it is the same face. Default 15.
   */
  readonly remember?: number;
}

/** A face in one frame. `detection` is that of the frame in which the detector saw it last. */
export interface TrackedFace extends Face {
  /** From 0, in the order in which faces appeared; never given twice. */
  readonly id: number;
}

/** How far the mesh may move from one frame to the next: least overlap of its boxes. Beyond, it has jumped elsewhere. */
const MIN_CONTINUITY = 0.2;

interface LostFace {
  readonly id: number;
  readonly box: BoxXYWH;
  readonly frame: number;
}

export class FaceTracker {
  readonly #detector: FaceDetector;
  readonly #mesher: FaceMesher;
  readonly #searchEvery: number;
  readonly #remember: number;
  #faces: readonly TrackedFace[] = [];
  #lost: readonly LostFace[] = [];
  #frame = 0;
  #searched = -Infinity;
  #searches = 0;
  #nextId = 0;

  /**
   * @param networks the mesher must be able to look where it is told (`meshRois`); with another every frame is searched
   * @throws {ShapeError} when an option is out of range
   */
  constructor(
    { detector, mesher }: { readonly detector: FaceDetector; readonly mesher: FaceMesher },
    { searchEvery = 15, remember = 15 }: FaceTrackerOptions = {},
  ) {
    if (!(searchEvery >= 1))
      throw new ShapeError('FaceTracker', `searchEvery: expected at least 1 frame, got ${searchEvery}`);
    if (!(remember >= 0)) throw new ShapeError('FaceTracker', `remember: expected 0 frames or more, got ${remember}`);
    this.#detector = detector;
    this.#mesher = mesher;
    this.#searchEvery = searchEvery;
    this.#remember = remember;
  }

  /** Whole frames that the detector searched so far. */
  get searches(): number {
    return this.#searches;
  }

  /** @returns the faces of the next frame by `id`; frames of any size may follow one another */
  async track(image: RawImage): Promise<TrackedFace[]> {
    const followed = await this.#follow(image);
    const lost = this.#faces.filter(({ id }) => !followed.some((face) => face.id === id));
    const forgotten = this.#frame - this.#remember;
    this.#lost = [
      ...this.#lost.filter(({ frame }) => frame >= forgotten),
      ...lost.map(({ id, box }) => ({ id, box, frame: this.#frame })),
    ];
    const isDue = this.#frame - this.#searched >= this.#searchEvery;
    const faces = followed.length === 0 || lost.length > 0 || isDue ? await this.#search(image, followed) : followed;
    this.#faces = faces.sort((a, b) => a.id - b.id);
    this.#frame++;
    return [...this.#faces];
  }

  /** Forgets all faces: what comes next is another scene. Numbers go on. */
  reset(): void {
    this.#faces = [];
    this.#lost = [];
    this.#searched = -Infinity;
  }

  /** The faces of the last frame that the mesh still finds where they were. */
  async #follow(image: RawImage): Promise<TrackedFace[]> {
    if (this.#faces.length === 0 || !this.#mesher.meshRois) return [];
    const meshes = await this.#mesher.meshRois(
      image,
      this.#faces.map(({ mesh }) => roiFromMesh(mesh.points)),
    );
    const kept: TrackedFace[] = [];
    this.#faces.forEach((face, i) => {
      const mesh = meshes[i]!;
      const box = boundingBox(mesh.points);
      // The older of two that have run into one another stays
      const isOther = kept.some((other) => intersectionOverUnion(other.box, box) > DUPLICATE_OVERLAP);
      if (!isOther && isFollowed(face, mesh, box)) kept.push({ ...face, mesh, box });
    });
    return kept;
  }

  /** What the detector finds, under the numbers of the faces that are followed or were lost there. */
  async #search(image: RawImage, followed: readonly TrackedFace[]): Promise<TrackedFace[]> {
    this.#searched = this.#frame;
    this.#searches++;
    const faces = [...followed];
    for (const found of await findFaces(image, this.#detector, this.#mesher)) {
      const same = best(faces, found.box);
      if (same && intersectionOverUnion(same.box, found.box) > SAME_FACE_OVERLAP) {
        // The mesh that has settled over frames stays
        faces[faces.indexOf(same)] = { ...same, detection: found.detection };
        continue;
      }
      const before = best(this.#lost, found.box);
      const isAgain = before && intersectionOverUnion(before.box, found.box) >= MIN_CONTINUITY;
      if (isAgain) this.#lost = this.#lost.filter((face) => face !== before);
      const { detection, mesh, box } = found;
      faces.push({ detection, mesh, box, id: isAgain ? before.id : this.#nextId++ });
    }
    return faces;
  }
}

function isFollowed(before: TrackedFace, mesh: FaceMesh, box: BoxXYWH): boolean {
  return mesh.score >= MIN_PRESENCE && intersectionOverUnion(before.box, box) >= MIN_CONTINUITY;
}

/** The one that overlaps the box most. */
function best<T extends { readonly box: BoxXYWH }>(faces: readonly T[], box: BoxXYWH): T | undefined {
  return [...faces].sort((a, b) => intersectionOverUnion(b.box, box) - intersectionOverUnion(a.box, box))[0];
}
