/**
 * The columns of the tables that `mien recognize` writes. They are frozen: scripts depend on names and order. A change
 * of any of them raises SCHEMA_VERSION, which every row states in the column `schema`; columns that a later version has
 * more stand after it, so that those of an earlier one keep their places. Action units, where they are asked for, stand
 * after all others.
 *
 * One row a face; a photo without a face, or one that could not be read, has one row with empty cells for the face.
 * All eight expressions have a column; one that the model does not tell apart is empty.
 */
import { LIBRARY_CALIBRATION } from '../animate/action-unit-calibration.ts';
import { rotationFromPose } from '../geometry/index.ts';
import { EXPRESSIONS_8, type Expression } from '../labels/index.ts';
import type { FacePrediction } from '../predict/index.ts';
import type { FaceResult, ImageResult } from './result.ts';

export const SCHEMA_VERSION = 2;

/** How precisely each part of a face's quality is written, in every format: px, parts of 1 and degrees. */
export const QUALITY_DECIMALS = { size: 1, sharpness: 3, yawDeg: 2, presence: 6, cut: 3 } as const satisfies Record<
  keyof FacePrediction['quality'],
  number
>;

/** What stands in a cell; undefined leaves it empty. */
export type Cell = string | number | undefined;

/** What a row is about: a face of a photo, or a photo without one. */
export interface Row {
  readonly image: ImageResult;
  /** Number of the photo, from 0. */
  readonly imageIndex: number;
  readonly face: FaceResult | undefined;
  /** Within the photo, from 0. */
  readonly faceIndex: number;
}

export type Columns = readonly (readonly [name: string, cell: (row: Row) => Cell])[];

const LANDMARKS = Array.from({ length: 68 }, (_, k) => k);
const landmarkColumns: Columns = ([0, 1] as const).flatMap((axis) =>
  LANDMARKS.map((k) => [`${'xy'[axis]!}_${k}`, ({ face }: Row): Cell => round(face?.landmarks[k]![axis], 2)] as const),
);

const expressionColumn = (name: Expression): Columns[number] => [name, ({ face }) => round(face?.expressions[name], 6)];
const errorColumn: Columns[number] = ['error', ({ image }) => image.error];
const schemaColumn: Columns[number] = ['schema', () => SCHEMA_VERSION];
/** Since version 2. */
const version2Columns: Columns = [
  ['uncertain', ({ face }) => face && Number(face.uncertain)],
  ['quality_size', ({ face }) => round(face?.quality.size, QUALITY_DECIMALS.size)],
  ['quality_sharpness', ({ face }) => round(face?.quality.sharpness, QUALITY_DECIMALS.sharpness)],
  ['quality_yaw', ({ face }) => round(face?.quality.yawDeg, QUALITY_DECIMALS.yawDeg)],
  ['quality_presence', ({ face }) => round(face?.quality.presence, QUALITY_DECIMALS.presence)],
  ['quality_cut', ({ face }) => round(face?.quality.cut, QUALITY_DECIMALS.cut)],
];

/** What every format says of the action units: nobody takes them for those of a detector that was trained on codings. */
export const ACTION_UNIT_SOURCE = 'mesh estimate';

const UNITS = LIBRARY_CALIBRATION.map(({ unit }) => unit);
/** `AU04`, as tables of the field name units. */
export const unitName = (unit: number): string => `AU${String(unit).padStart(2, '0')}`;
/** No name of it contains "AU": readers take all columns that do for units. */
const unitSourceColumn: Columns[number] = [
  'action_units',
  ({ face }) => (face?.actionUnits ? ACTION_UNIT_SOURCE : undefined),
];

/** Intensities 0 to 5, then presence, 1 or 0. @param nameOf a unit */
function unitColumns(nameOf: (unit: number) => string): Columns {
  const estimateOf = ({ face }: Row, unit: number) => face?.actionUnits?.find((one) => one.unit === unit);
  return [
    ...UNITS.map((unit) => [`${nameOf(unit)}_r`, (row: Row) => round(estimateOf(row, unit)?.intensity, 2)] as const),
    ...UNITS.map((unit) => {
      const cell = (row: Row): Cell => {
        const estimate = estimateOf(row, unit);
        return estimate && Number(estimate.present);
      };
      return [`${nameOf(unit)}_c`, cell] as const;
    }),
    unitSourceColumn,
  ];
}

/** Beside those of CSV. */
export const CSV_UNIT_COLUMNS: Columns = unitColumns(unitName);
/** Beside OpenFace's; closed eyes are its AU45. */
export const OPENFACE_UNIT_COLUMNS: Columns = unitColumns((unit) => unitName(unit === 43 ? 45 : unit));
/** Beside Py-Feat's, which are 0 to 1. */
export const PYFEAT_UNIT_COLUMNS: Columns = [
  ...UNITS.map((unit) => {
    const cell = ({ face }: Row): Cell => {
      const estimate = face?.actionUnits?.find((one) => one.unit === unit);
      return round(estimate && estimate.intensity / 5, 3);
    };
    return [unitName(unit), cell] as const;
  }),
  unitSourceColumn,
];

/** Mien's own table: angles in degrees, pixels of the photo as displayed. */
export const CSV_COLUMNS: Columns = [
  ['file', ({ image }) => image.file],
  ['width', ({ image }) => image.width ?? undefined],
  ['height', ({ image }) => image.height ?? undefined],
  ['faces', ({ image }) => (image.error === undefined ? image.faces.length : undefined)],
  ['face_id', ({ face, faceIndex }) => face && (face.id ?? faceIndex)],
  ['box_x', ({ face }) => round(face?.box.x, 2)],
  ['box_y', ({ face }) => round(face?.box.y, 2)],
  ['box_width', ({ face }) => round(face?.box.width, 2)],
  ['box_height', ({ face }) => round(face?.box.height, 2)],
  ['score', ({ face }) => round(face?.score, 6)],
  ['yaw', ({ face }) => round(face?.pose.yawDeg, 2)],
  ['pitch', ({ face }) => round(face?.pose.pitchDeg, 2)],
  ['roll', ({ face }) => round(face?.pose.rollDeg, 2)],
  ['top', ({ face }) => face?.top],
  ['confidence', ({ face }) => round(face?.confidence, 6)],
  ...EXPRESSIONS_8.map(expressionColumn),
  errorColumn,
  schemaColumn,
  ...version2Columns,
];

/**
 * OpenFace's names. Each photo is a frame, counted from 1, at time 0; frames of a video have theirs. `confidence` is the detector's score, `success`
 * is 0 for a photo without a face. Gaze and translation are not measured, so they have no columns.
 */
export const OPENFACE_COLUMNS: Columns = [
  ['frame', ({ imageIndex }) => imageIndex + 1],
  ['face_id', ({ face, faceIndex }) => face?.id ?? faceIndex],
  ['timestamp', ({ image }) => round(image.timeSec, 3) ?? 0],
  ['confidence', ({ face }) => round(face?.score, 6) ?? 0],
  ['success', ({ face }) => (face ? 1 : 0)],
  ['pose_Rx', ({ face }) => round(face && openFaceAngles(face)[0], 4)],
  ['pose_Ry', ({ face }) => round(face && openFaceAngles(face)[1], 4)],
  ['pose_Rz', ({ face }) => round(face && openFaceAngles(face)[2], 4)],
  ...landmarkColumns,
  ...EXPRESSIONS_8.map(expressionColumn),
  ['input', ({ image }) => image.file],
  errorColumn,
  schemaColumn,
  ...version2Columns,
];

/**
 * Py-Feat's names; angles in degrees with Mien's signs. Each photo is a frame, counted from 0.
 */
export const PYFEAT_COLUMNS: Columns = [
  ['FaceRectX', ({ face }) => round(face?.box.x, 2)],
  ['FaceRectY', ({ face }) => round(face?.box.y, 2)],
  ['FaceRectWidth', ({ face }) => round(face?.box.width, 2)],
  ['FaceRectHeight', ({ face }) => round(face?.box.height, 2)],
  ['FaceScore', ({ face }) => round(face?.score, 6)],
  ...landmarkColumns,
  ['Pitch', ({ face }) => round(face?.pose.pitchDeg, 2)],
  ['Roll', ({ face }) => round(face?.pose.rollDeg, 2)],
  ['Yaw', ({ face }) => round(face?.pose.yawDeg, 2)],
  ...(['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral'] as const).map(expressionColumn),
  ['input', ({ image }) => image.file],
  ['frame', ({ imageIndex }) => imageIndex],
  ['approx_time', ({ image }) => round(image.timeSec, 3)],
  expressionColumn('contempt'),
  errorColumn,
  schemaColumn,
  ...version2Columns,
];

/**
 * Angles about x, y and z in radians, of R = R_x · R_y · R_z, as OpenFace decomposes the rotation of the head; its axes
 * (x to the image's right, y down, z away from the camera) are those of mienjs/geometry.
 */
function openFaceAngles({ pose }: FacePrediction): readonly [number, number, number] {
  const [m00, m01, m02, , , m12, , , m22] = rotationFromPose(pose);
  return [Math.atan2(-m12, m22), Math.asin(Math.min(Math.max(m02, -1), 1)), Math.atan2(-m01, m00)];
}

/** To a number of decimals, without −0. */
export function round(value: number | undefined, decimals: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * 10 ** decimals) / 10 ** decimals + 0;
}
