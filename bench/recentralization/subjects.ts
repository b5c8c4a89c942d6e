/**
 * Faces of which everything is known: surfaces and textures read off the demo photos of @vladmandic/face-api (which npm
 * installs; nothing of them is kept), mixed at random, and drawn from any side under any light.
 */
import { join } from 'node:path';
import { decodeImage } from 'mienjs';
import { findFaces, landmarks68In3d, type CanonicalFace } from 'mienjs/face';
import { loadFaceDetector, loadFaceMesher, SubjectMixer, SubjectReader, type FaceSubject } from 'mienjs/face/node';
import type { Point3 } from 'mienjs/image';
import { Random } from 'mienjs/tensor';
import { folderOf } from '../installed.ts';

const PHOTOS = [1, 2, 3, 4, 5, 6];
/** How much mixed faces differ from one another, in deviations of the faces that they are mixed from. */
const DIVERSITY = 1.5;

/** The faces of the demo photos that look more or less into the camera. */
export async function readPhotoSubjects(canonical: CanonicalFace): Promise<FaceSubject[]> {
  const [detector, mesher] = await Promise.all([loadFaceDetector(), loadFaceMesher()]);
  const reader = new SubjectReader(canonical);
  const folder = join(folderOf('@vladmandic/face-api'), 'demo');
  const subjects: FaceSubject[] = [];
  for (const photo of PHOTOS) {
    const image = await decodeImage(join(folder, `sample${photo}.jpg`));
    for (const { mesh } of await findFaces(image, detector, mesher)) {
      const subject = reader.read(image, mesh.points);
      if (subject) subjects.push(subject);
    }
  }
  return subjects;
}

/** @param count with the same seed, the first of a larger number are the same */
export function mixSubjects(subjects: readonly FaceSubject[], count: number, seed: number): FaceSubject[] {
  const random = new Random(seed, 'mixed faces');
  const mixer = new SubjectMixer(subjects, DIVERSITY);
  return Array.from({ length: count }, () => mixer.mix(random));
}

export const subjectLandmarks = ({ mesh }: Pick<FaceSubject, 'mesh'>): Point3[] => landmarks68In3d(mesh);
