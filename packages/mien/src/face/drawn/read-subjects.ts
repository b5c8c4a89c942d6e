/** Subjects from crops of faces: images of data sets, or the persons that Mien draws. */
import type { RawImage } from '../../image/index.ts';
import { CharacterModel, peopleOf, render, sampleScene, SYNTH_EXPRESSIONS } from '../../synth/index.ts';
import { Random } from '../../tensor/index.ts';
import { meshOfCrop } from '../measure-template.ts';
import type { MediaPipeMesher } from '../mesher.ts';
import type { FaceSubject, SubjectReader } from './subject.ts';

export interface ReadSubjectsOptions {
  /** Stops when so many are read. Default: all. */
  readonly most?: number;
  /** After each image: subjects so far, and images. */
  readonly onProgress?: (subjects: number, images: number) => void;
}

/** Subjects of images that each show one face; those without a face, or with one that is turned, are passed over. */
export async function readSubjects(
  images: Iterable<RawImage> | AsyncIterable<RawImage>,
  reader: SubjectReader,
  mesher: Pick<MediaPipeMesher, 'meshRois'>,
  { most = Infinity, onProgress }: ReadSubjectsOptions = {},
): Promise<FaceSubject[]> {
  const subjects: FaceSubject[] = [];
  let seen = 0;
  for await (const image of images) {
    const points = await meshOfCrop(image, mesher);
    const subject = points && reader.read(image, points);
    if (subject) subjects.push(subject);
    onProgress?.(subjects.length, ++seen);
    if (subjects.length >= most) break;
  }
  return subjects;
}

/** Side of the pictures of persons, px. */
const SIDE = 192;
/** The head nearer than characters are drawn: the mesh looks for faces of crops. */
const ZOOM = 1.25;

/** Pictures of so many human-like persons, each with another expression, looking about straight at the camera. */
export function* drawPersons(count: number, seed: number): Generator<RawImage> {
  for (const [i, person] of peopleOf(count, seed).entries()) {
    const name = `persons/${person.name}`;
    const random = new Random(seed, name);
    const expression = SYNTH_EXPRESSIONS[random.int(SYNTH_EXPRESSIONS.length)]!;
    const { scene } = sampleScene(seed, `${name}/${i}`, expression, { poseDeg: 8, intensity: [0.2, 1], light: false });
    yield render(new CharacterModel(person), { ...scene, zoom: ZOOM }, { width: SIDE, height: SIDE }).image;
  }
}
