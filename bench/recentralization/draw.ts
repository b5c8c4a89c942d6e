/** Photos of subjects: any side, any light, with a plain head behind the face so that profiles have an outline. */
import type { FaceSurface } from 'mienjs/face';
import { drawSubject, placeSubject, projectPoint, type DrawnSubject, type FaceSubject } from 'mienjs/face/node';
import { applyRigid, type HeadPose, type PerspectiveCamera } from 'mienjs/geometry';
import type { Point3 } from 'mienjs/image';
import { subjectLandmarks } from './subjects.ts';

export interface View extends HeadPose {
  /** Towards the light, in the camera's frame; none: even light. */
  readonly light?: Point3;
}

export interface Drawing extends DrawnSubject {
  /** The 68, px; z in px of the face's distance, 0 at the middle of the head. */
  readonly landmarks: readonly Point3[];
  /** Between the centers of the eyes, in space, px. */
  readonly eyeDistancePx: number;
}

const SIZE = 320;
/** From the camera to the middle of the head, cm, and pixels per cm there. */
const DISTANCE = 70;
const PX_PER_CM = 9;
const CAMERA: PerspectiveCamera = { kind: 'perspective', focalPx: DISTANCE * PX_PER_CM, center: [SIZE / 2, SIZE / 2] };
const HAIR = [46, 36, 30] as const;
const GROUND = [118, 124, 132] as const;

export function draw(subject: FaceSubject, surface: FaceSurface, view: View): Drawing {
  const { light, ...pose } = view;
  return {
    ...drawSubject(subject, surface, {
      pose,
      size: { width: SIZE, height: SIZE },
      camera: CAMERA,
      distance: DISTANCE,
      ...(light ? { light } : {}),
      hair: HAIR,
      background: { kind: 'plain', color: GROUND },
    }),
    landmarks: landmarksSeen(subject, view),
    eyeDistancePx: eyeDistance(subjectLandmarks(subject)) * PX_PER_CM,
  };
}

/** Where a drawing has the landmarks of a subject. */
export function landmarksSeen(subject: Pick<FaceSubject, 'mesh'>, view: HeadPose): Point3[] {
  const place = placeSubject(view, DISTANCE);
  return subjectLandmarks(subject).map((point) => projectPoint(applyRigid(place, point), CAMERA, DISTANCE));
}

/** Between the means of the points of each eye. */
export function eyeDistance(landmarks: readonly Point3[]): number {
  const center = (from: number): Point3 => {
    const eye = landmarks.slice(from, from + 6);
    return [0, 1, 2].map((k) => eye.reduce((sum, p) => sum + p[k as 0] / 6, 0)) as unknown as Point3;
  };
  const [right, left] = [center(36), center(42)];
  return Math.hypot(right[0] - left[0], right[1] - left[1], right[2] - left[2]);
}
