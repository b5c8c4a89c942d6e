/**
 * Head pose as angles.
 *
 * Axes of the camera and of the face alike: x to the image's right, y down, z away from the camera (right-handed).
 * The rotation R maps face to camera; the identity is a face that looks straight into the camera, nose along −z.
 * A model with y up and z towards the camera (MediaPipe's canonical face) has R' = S R S with S = diag(1, −1, −1).
 *
 *   yaw   > 0: the subject turns to their own left, towards the image's right
 *   pitch > 0: the subject looks up
 *   roll  > 0: the top of the head tilts towards the image's right, clockwise as displayed
 *
 *   R = R_y(−yaw) · R_x(−pitch) · R_z(roll)
 * Thus the nose points along (sin yaw cos pitch, −sin pitch, −cos yaw cos pitch): yaw and pitch are the direction that
 * the face looks in, whatever the roll. This order is singular only at a pitch of ±90°, which is rarer in photos than
 * the full profile (yaw ±90°), where most other orders are.
 */
import type { Matrix3 } from './matrix3.ts';

export interface HeadPose {
  /** (−180, 180] */
  readonly yawDeg: number;
  /** [−90, 90] */
  readonly pitchDeg: number;
  /** (−180, 180] */
  readonly rollDeg: number;
}

/** Below this cosine of the pitch, yaw and roll turn about the same axis and cannot be told apart. */
const SINGULAR_COSINE = 1e-7;

/**
 * Angles of a rotation. With cos pitch = 0 only yaw and roll together are determined; roll is then given as 0.
 * @param R rotation matrix, face to camera, axes as above
 */
export function poseFromRotation(R: Matrix3): HeadPose {
  const [m00, , m02, m10, m11, m12, m20, , m22] = R;
  const cosPitch = Math.hypot(m10, m11);
  const pitchDeg = degrees(Math.atan2(m12, cosPitch));
  if (cosPitch < SINGULAR_COSINE) return { yawDeg: degrees(Math.atan2(m20, m00)), pitchDeg, rollDeg: 0 };
  return { yawDeg: degrees(Math.atan2(-m02, m22)), pitchDeg, rollDeg: degrees(Math.atan2(m10, m11)) };
}

/** The inverse of `poseFromRotation`: R = R_y(−yaw) · R_x(−pitch) · R_z(roll). */
export function rotationFromPose({ yawDeg, pitchDeg, rollDeg }: HeadPose): Matrix3 {
  const [cy, sy] = cosSin(yawDeg);
  const [cp, sp] = cosSin(pitchDeg);
  const [cr, sr] = cosSin(rollDeg);
  return [
    cy * cr + sy * sp * sr,
    -cy * sr + sy * sp * cr,
    -sy * cp,
    cp * sr,
    cp * cr,
    sp,
    sy * cr - cy * sp * sr,
    -sy * sr - cy * sp * cr,
    cy * cp,
  ];
}

function cosSin(angleDeg: number): readonly [number, number] {
  const angle = (angleDeg * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle)];
}

function degrees(angleRad: number): number {
  // + 0 turns −0 into 0, which users would see in output.
  return (angleRad * 180) / Math.PI + 0;
}
