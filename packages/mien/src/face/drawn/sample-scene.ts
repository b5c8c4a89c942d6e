/** Scenes of subjects by chance: pose, camera, framing, light, colors and background. */
import { applyRigid } from '../../geometry/index.ts';
import type { Point3 } from '../../image/index.ts';
import { sampleBackground } from '../../synth/sampling.ts';
import type { Random } from '../../tensor/index.ts';
import { landmarks68In3d } from '../landmarks.ts';
import { landmarkBoxSide, POSITION_MAP_CROP } from '../reconstruct/reconstructor.ts';
import { placeSubject, projectPoint, type SubjectScene } from './draw-subject.ts';
import type { FaceSubject } from './subject.ts';

/** Greatest angles, degrees: every yaw is equally frequent, and so are the others. */
const YAW_DEG = 80;
const PITCH_DEG = 25;
const ROLL_DEG = 20;
/** From the camera to the head, cm. */
const DISTANCE = [35, 120] as const;
/** How far the frame is from where it should be: it is made from landmarks that are not quite right. */
const SHIFT = 0.08;
const ZOOM = [0.88, 1.14] as const;

/** A subject as it is drawn, and the scene. */
export interface SampledSubject {
  readonly subject: FaceSubject;
  readonly scene: SubjectScene;
}

/** @param side of the picture, px: it is framed as `PositionMapReconstructor` frames faces, about */
export function sampleSubjectScene(subject: FaceSubject, side: number, random: Random): SampledSubject {
  const angle = (most: number): number => random.range(-most, most);
  const pose = { yawDeg: angle(YAW_DEG), pitchDeg: angle(PITCH_DEG), rollDeg: angle(ROLL_DEG) };
  const distance = random.range(...DISTANCE);
  const place = placeSubject(pose, distance);
  const seen = landmarks68In3d(subject.mesh).map((point) =>
    projectPoint(applyRigid(place, point), { kind: 'perspective', focalPx: 1, center: [0, 0] }, distance),
  );
  const focalPx = (side * random.range(...ZOOM)) / (POSITION_MAP_CROP * landmarkBoxSide(seen));
  const middle = (axis: 0 | 1): number => {
    const values = seen.map((point) => point[axis]);
    return (focalPx * (Math.min(...values) + Math.max(...values))) / 2;
  };
  const center = ([0, 1] as const).map((axis) => side * (0.5 + random.range(-SHIFT, SHIFT)) - middle(axis));
  const [isLit, ambient] = [random.uniform() < 0.8, random.range(0.3, 0.7)];
  const light: Point3 = [random.range(-1, 1), random.range(-1, 0.6), -random.range(0.2, 1)];
  const shade = random.range(0.1, 0.8);
  return {
    subject: { mesh: subject.mesh, colors: recolored(subject.colors, random) },
    scene: {
      pose,
      distance,
      size: { width: side, height: side },
      camera: { kind: 'perspective', focalPx, center: [center[0]!, center[1]!] },
      ...(isLit ? { light } : {}),
      ambient,
      hair: [shade * random.range(120, 230), shade * random.range(90, 190), shade * random.range(70, 170)],
      background: sampleBackground(random),
      samples: 2,
    },
  };
}

/** Brighter or darker, warmer or colder; some without color, as old photos are. */
function recolored(colors: Uint8Array, random: Random): Uint8Array {
  const saturation = random.uniform() < 0.15 ? 0 : random.range(0.6, 1.1);
  const brightness = random.range(0.55, 1.25);
  const tint = saturation === 0 ? [1, 1, 1] : [random.range(1, 1.25), random.range(0.9, 1.05), random.range(0.7, 1)];
  const out = new Uint8Array(colors.length);
  for (let at = 0; at < colors.length; at += 3) {
    const gray = (colors[at]! + colors[at + 1]! + colors[at + 2]!) / 3;
    for (let c = 0; c < 3; c++) {
      const value = (gray + saturation * (colors[at + c]! - gray)) * tint[c]! * brightness;
      out[at + c] = Math.max(0, Math.min(255, value));
    }
  }
  return out;
}
