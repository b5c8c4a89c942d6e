/** `mien explain --3d`: a face as a surface, turned to the front. */
import { InputError, type RawImage } from 'mienjs';
import { recenterFaces, type NormalMethod } from 'mienjs/face';
import { loadNpmRecentering, readPositionMapReconstructor } from 'mienjs/face/node';
import { writeWhole } from 'mienjs/files';
import { writeImage } from 'mienjs/image/node';
import type { VisibilityRule } from 'mienjs/geometry';
import type { Device } from 'mienjs/runtime';
import { print, printJson } from '../output.ts';
import { chooseFace } from './choose-face.ts';
import { glbOf, PANEL_SIDE, sheetOf } from './sheet.ts';

export interface ReconstructOptions {
  readonly face?: number;
  readonly positionMap?: string;
  readonly visibility?: VisibilityRule;
  readonly normals?: NormalMethod;
  readonly device: Device;
  readonly json?: true;
}

/** Below this presence of the face mesh, what it shows is doubted aloud. */
const SURE_PRESENCE = 0.95;

/**
 * @param sheet and glb the files to write
 * @throws {InputError} when there is no such face, or nothing of it is seen
 */
export async function explainSurface(
  file: string,
  image: RawImage,
  { sheet, glb }: { readonly sheet: string; readonly glb: string },
  options: ReconstructOptions,
): Promise<void> {
  const { visibility, device, normals, positionMap } = options;
  const recentering = await loadNpmRecentering({ device, ...(visibility ? { visibility } : {}) });
  const reconstructor =
    positionMap === undefined
      ? recentering.reconstructor
      : await readPositionMapReconstructor(positionMap, { device, ...(visibility ? { visibility } : {}) });
  const faces = await recenterFaces(
    image,
    { ...recentering, reconstructor },
    { size: PANEL_SIDE, ...(normals ? { normals } : {}) },
  );
  const index = chooseFace(
    file,
    faces.map(({ face }) => face),
    options.face,
  );
  const face = faces[index]!;
  const bytes = glbOf(face);
  if (!bytes) throw new InputError(file, `shows nothing of face ${index}: all of its surface is hidden or cut off`);
  await writeImage(sheet, sheetOf(image, face, recentering.canonical));
  await writeWhole(glb, bytes);

  const { reconstruction, frontal } = face;
  const { pose, transform, visibleShare } = frontal;
  const presence = face.face.mesh.score;
  if (!options.json) {
    const { yawDeg, pitchDeg, rollDeg } = pose;
    const doubt = presence < SURE_PRESENCE ? `; the mesh is not sure of it (${presence.toFixed(2)})` : '';
    await print(
      `face ${index}: yaw ${yawDeg.toFixed(1)}°, pitch ${pitchDeg.toFixed(1)}°, roll ${rollDeg.toFixed(1)}°, ` +
        `${(100 * visibleShare).toFixed(0)} % of the surface is seen${doubt}: ${sheet}, ${glb}\n`,
    );
    return;
  }
  await printJson({
    file,
    face: index,
    box: face.face.box,
    presence,
    reconstructor: reconstructor.name,
    pose: { yaw: pose.yawDeg, pitch: pose.pitchDeg, roll: pose.rollDeg },
    rotation: transform.rotation,
    scale: transform.scale,
    translation: transform.translation,
    landmarks: reconstruction.landmarks,
    frontalLandmarks: frontal.landmarks,
    vertices: reconstruction.positions.length / 3,
    triangles: reconstruction.triangles.length / 3,
    visibleShare,
    figure: sheet,
    glb,
  });
}
