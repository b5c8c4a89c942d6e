import { drawFace, type FaceDrawing, type Tree } from './draw.ts';

/** Different faces at these paths. */
export const faceTree = (paths: readonly string[], size: Omit<FaceDrawing, 'seed'>): Tree =>
  Object.fromEntries(paths.map((path, seed) => [path, drawFace({ ...size, seed })]));

/** What systems leave in folders; no database may take it for its own. */
export const strayFiles = (...folders: readonly string[]): Tree =>
  Object.fromEntries(
    folders.flatMap((folder) =>
      ['.DS_Store', 'Thumbs.db', '._A01.png'].map((name) => [
        folder === '' ? name : `${folder}/${name}`,
        'not an image',
      ]),
    ),
  );
