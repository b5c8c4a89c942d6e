/**
 * What face analysis passes on, and the two interfaces through which other detectors and meshes plug in.
 * Coordinates are pixels of the image as displayed (x right, y down; see image/raw-image.ts); "left" and "right"
 * are the subject's own.
 */
import type { BoxXYWH, Point2, Point3, RawImage } from '../image/index.ts';

/** A face that was found. */
export interface Detection {
  readonly box: BoxXYWH;
  /** Confidence, 0 … 1. */
  readonly score: number;
  /** Right eye, left eye, nose tip, mouth centre, right ear tragion, left ear tragion. */
  readonly keypoints: readonly [Point2, Point2, Point2, Point2, Point2, Point2];
}

/** A square of the image that a network looks at. */
export interface Roi {
  readonly center: Point2;
  /** Side, in pixels. */
  readonly size: number;
  /** Clockwise as displayed: a face tilted by this angle stands upright in the crop. */
  readonly rotationRad: number;
}

/** The surface of one face. */
export interface FaceMesh {
  /**
   * 468 vertices of MediaPipe's canonical topology; the attention mesh appends the subject's right iris (centre, then
   * four border points) and the left one. z is in the same pixels, smaller is nearer, 0 about the head's centre.
   */
  readonly points: readonly Point3[];
  /** Probability that the crop shows a face, 0 … 1. */
  readonly score: number;
  /** Where the mesh network looked. */
  readonly roi: Roi;
}

/** Finds the faces of an image. */
export interface FaceDetector {
  /** @returns at most one detection a face, best first */
  detect(image: RawImage): Promise<Detection[]>;
  /**
   * What a detector adds that can look at parts of an image and at any angle: faces that the mesh leaves in doubt are
   * then looked at more closely, and turned photos are read. Without it the mesh alone decides.
   */
  readonly closer?: CloserLook;
}

export interface CloserLook {
  /**
   * Faces that stand upright once the image is turned back by this angle (clockwise as displayed); fewer small ones
   * than `detect` finds.
   */
  detectTurned(image: RawImage, turnRad: number): Promise<Detection[]>;
  /**
   * The best face about the middle of each square, which is about CLOSE_UP (roi.ts) times as large as the face;
   * undefined where there is none.
   */
  lookAt(image: RawImage, squares: readonly Roi[]): Promise<(Detection | undefined)[]>;
}

/** Fits a mesh to a detected face. */
export interface FaceMesher {
  /** @returns the mesh even where its score says that there is no face */
  mesh(image: RawImage, detection: Detection): Promise<FaceMesh>;
  /** Several faces of one image in one pass; the same meshes as one by one, in the order of `detections`. */
  meshAll(image: RawImage, detections: readonly Detection[]): Promise<FaceMesh[]>;
  /** One look at each square. A mesher without it looks as often as it likes in `meshAll`. */
  meshRois?(image: RawImage, rois: readonly Roi[]): Promise<FaceMesh[]>;
}
