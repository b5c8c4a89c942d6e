/**
 * The sheet of `mien explain --3d`: a face's surface on the photo, what of it was seen, and the face from the front.
 */
import type { RawImage } from 'mienjs';
import {
  frontalCamera,
  Frontalizer,
  joined,
  RAF_ALIGNMENT,
  type CanonicalFace,
  type ReconstructedFace,
} from 'mienjs/face';
import { encodeGlb, interpolate, lambertShading, rasterize, trianglesOf, vertexNormals } from 'mienjs/geometry';
import {
  Canvas,
  composeFigure,
  crop,
  rawImage,
  resize,
  toRgb,
  type BoxXYWH,
  type Panel,
  type Point2,
} from 'mienjs/image';

/** Side of each panel, px. */
export const PANEL_SIDE = 400;
/** The part of the photo that is shown is this many times as large as the face. */
const AROUND = 1.4;
/** How much of the surface's shading is laid over the photo. */
const OPACITY = 0.65;
const HIDDEN = [196, 64, 52] as const;
const SEEN = [225, 228, 232] as const;
const DOT = [0, 230, 118] as const;
/** The canonical frame is in cm, glTF in m. */
const METERS_PER_CM = 0.01;

/** Five pictures side by side. @param face turned to the front at `PANEL_SIDE` */
export function sheetOf(image: RawImage, face: ReconstructedFace, canonical: CanonicalFace): RawImage {
  const { frontal } = face;
  const { yawDeg, pitchDeg, rollDeg } = frontal.pose;
  const percent = Math.round(100 * frontal.visibleShare);
  return composeFigure([
    {
      image: photoWithSurface(image, face),
      caption: `yaw ${degrees(yawDeg)}, pitch ${degrees(pitchDeg)}, roll ${degrees(rollDeg)}`,
    },
    { image: visibility(face, canonical), caption: `seen ${percent}%, red: hidden` },
    { image: frontal.shading, caption: 'frontal shading' },
    { image: frontal.texture, caption: 'frontal texture' },
    frontalized(image, face, canonical),
  ]);
}

/** As text without −0. */
const degrees = (value: number): string => String(Math.round(value) + 0);

/** The face and what is around it, with the shaded surface and the landmarks. */
function photoWithSurface(image: RawImage, { reconstruction, face }: ReconstructedFace): RawImage {
  const box = squareIn(image, face.box);
  const cut = toRgb(crop(image, box));
  const scale = PANEL_SIDE / box.width;
  const { positions, triangles, openings, landmarks } = reconstruction;
  const camera = { kind: 'orthographic', scale, offset: [-box.x * scale, -box.y * scale] } as const;
  const size = { width: PANEL_SIDE, height: Math.max(1, Math.round(box.height * scale)) };
  const photo = resize(cut, size);
  const raster = rasterize({ positions, triangles: joined(triangles, openings) }, camera, size);
  const light = interpolate(raster, joined(triangles, openings), lambertShading(vertexNormals(reconstruction)), 1);
  const data = photo.data.slice();
  const skin = triangles.length / 3;
  raster.triangleIds.forEach((id, pixel) => {
    if (id < 0 || id >= skin) return;
    for (let c = 0; c < 3; c++)
      data[3 * pixel + c] = data[3 * pixel + c]! * (1 - OPACITY) + 255 * light[pixel]! * OPACITY;
  });
  const canvas = new Canvas(rawImage(size.width, size.height, 3, data));
  for (const [x, y] of landmarks) canvas.disc([(x - box.x) * scale, (y - box.y) * scale], 2, DOT);
  return canvas.toImage();
}

/** The face on the average face's surface, what is hidden filled from the other side. */
function frontalized(image: RawImage, { reconstruction }: ReconstructedFace, canonical: CanonicalFace): Panel {
  const size = { width: PANEL_SIDE, height: PANEL_SIDE };
  const landmarks = reconstruction.landmarks.map(([x, y]): Point2 => [x, y]);
  const { image: face, filled } = new Frontalizer(canonical, { template: RAF_ALIGNMENT.template, size }).frontalize(
    image,
    landmarks,
  );
  return { image: face, caption: filled === 'none' ? 'frontalized' : `frontalized, ${filled} side filled` };
}

/** The whole surface from the front, what was hidden in red. */
function visibility({ reconstruction, frontal }: ReconstructedFace, canonical: CanonicalFace): RawImage {
  const { triangles, visible } = reconstruction;
  const mesh = { positions: frontal.positions, triangles };
  const raster = rasterize(mesh, frontalCamera(canonical, PANEL_SIDE), { width: PANEL_SIDE, height: PANEL_SIDE });
  const light = interpolate(raster, triangles, lambertShading(vertexNormals(mesh)), 1);
  const seen = interpolate(raster, triangles, visible, 1);
  const data = new Uint8Array(PANEL_SIDE * PANEL_SIDE * 3);
  raster.triangleIds.forEach((id, pixel) => {
    if (id < 0) return;
    const color = seen[pixel]! >= 0.5 ? SEEN : HIDDEN;
    for (let c = 0; c < 3; c++) data[3 * pixel + c] = color[c as 0]! * (0.25 + 0.75 * light[pixel]!);
  });
  return rawImage(PANEL_SIDE, PANEL_SIDE, 3, data);
}

/** A square about the face, as far as the photo goes, in whole pixels. */
function squareIn(image: RawImage, { x, y, width, height }: BoxXYWH): BoxXYWH {
  const side = AROUND * Math.max(width, height);
  const left = Math.min(image.width - 1, Math.max(0, Math.floor(x + width / 2 - side / 2)));
  const top = Math.min(image.height - 1, Math.max(0, Math.floor(y + height / 2 - side / 2)));
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.min(image.width - left, Math.ceil(side))),
    height: Math.max(1, Math.min(image.height - top, Math.ceil(side))),
  };
}

/** The frontal face as far as the photo shows it, as a .glb file: skin, and what is seen in eyes and mouth. */
export function glbOf({ reconstruction, frontal }: ReconstructedFace): Uint8Array | undefined {
  const { colors, openings, visible } = reconstruction;
  const { positions } = frontal;
  const parts = [
    { name: 'skin', triangles: frontal.triangles },
    { name: 'eyes and mouth', triangles: trianglesOf(openings, visible) },
  ].filter(({ triangles }) => triangles.length > 0);
  return parts.length === 0
    ? undefined
    : encodeGlb(
        parts.map((part) => ({ ...part, positions, colors })),
        METERS_PER_CM,
      );
}
