/** The output formats of `mien recognize`: each turns one photo at a time into text, so that nothing piles up. */
import type { UnitEstimate } from '../animate/index.ts';
import type { FacePrediction } from '../predict/index.ts';
import { escapeControls, wellFormed } from '../printable.ts';
import {
  ACTION_UNIT_SOURCE,
  CSV_COLUMNS,
  CSV_UNIT_COLUMNS,
  OPENFACE_COLUMNS,
  OPENFACE_UNIT_COLUMNS,
  PYFEAT_COLUMNS,
  PYFEAT_UNIT_COLUMNS,
  QUALITY_DECIMALS,
  round,
  unitName,
  type Columns,
} from './columns.ts';
import { joinRow } from './csv-row.ts';
import { jsonEntries, tableRows, type EarlierForm } from './earlier-forms.ts';
import type { FaceResult, ImageResult } from './result.ts';

export interface ResultFormat {
  begin(model: string): string;
  /** @param index of the photo, from 0 */
  image(result: ImageResult, index: number): string;
  end(): string;
  /** How results are found again in a file of an interrupted run; undefined where they cannot be. */
  readonly earlier?: EarlierForm;
}

/** An entry in its place among those of the document. */
const inJson = (entry: string, index: number): string => `${index > 0 ? ',' : ''}\n    ${entry}`;

/** @param units whether results have action units, which are then in what is resumed */
const jsonForms = (units: boolean): Record<'json' | 'jsonl', ResultFormat> => ({
  json: {
    begin: (model) => `{\n  "model": ${JSON.stringify(model)},\n  "images": [`,
    image: (result, index) => inJson(JSON.stringify(jsonEntry(result)), index),
    end: () => '\n  ]\n}\n',
    earlier: jsonEntries(inJson, units),
  },
  jsonl: {
    begin: () => '',
    image: (result) => `${JSON.stringify(jsonEntry(result))}\n`,
    end: () => '',
    earlier: jsonEntries((entry) => `${entry}\n`, units),
  },
});

export const FORMATS = {
  table: { begin: () => '', image: tableLines, end: () => '' },
  ...jsonForms(false),
  csv: commaSeparated(CSV_COLUMNS),
  openface: commaSeparated(OPENFACE_COLUMNS),
  pyfeat: commaSeparated(PYFEAT_COLUMNS),
} as const satisfies Record<string, ResultFormat>;
export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** The same of results with action units. */
export const UNIT_FORMATS: Readonly<Record<FormatName, ResultFormat>> = {
  table: FORMATS.table,
  ...jsonForms(true),
  csv: commaSeparated([...CSV_COLUMNS, ...CSV_UNIT_COLUMNS]),
  openface: commaSeparated([...OPENFACE_COLUMNS, ...OPENFACE_UNIT_COLUMNS]),
  pyfeat: commaSeparated([...PYFEAT_COLUMNS, ...PYFEAT_UNIT_COLUMNS]),
};

/** The format of a name. @param hasUnits whether results have action units */
export const formatNamed = (name: FormatName, hasUnits: boolean): ResultFormat =>
  (hasUnits ? UNIT_FORMATS : FORMATS)[name];

/** The stable entry of the JSON forms; coordinates and angles to two decimals, probabilities to six. */
function jsonEntry({ file, timeSec, width, height, faces, error, notes }: ImageResult): object {
  return {
    file,
    ...(timeSec === undefined ? {} : { time: round(timeSec, 3) }),
    width,
    height,
    faces: faces.map(jsonFace),
    ...(error === undefined ? {} : { error }),
    ...(notes?.length ? { notes } : {}),
  };
}

function jsonFace({
  id,
  box,
  score,
  landmarks,
  pose,
  expressions,
  top,
  confidence,
  uncertain,
  quality,
  actionUnits,
}: FaceResult): object {
  const rounded = (values: object, decimals: number): object =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, round(value as number, decimals)]));
  return {
    ...(id === undefined ? {} : { id }),
    box: rounded(box, 2),
    score: round(score, 6),
    landmarks: landmarks.map(([x, y]) => [round(x, 2), round(y, 2)]),
    pose: rounded({ yaw: pose.yawDeg, pitch: pose.pitchDeg, roll: pose.rollDeg }, 2),
    expressions: rounded(expressions, 6),
    top,
    confidence: round(confidence, 6),
    uncertain,
    quality: Object.fromEntries(
      Object.entries(QUALITY_DECIMALS).map(([name, decimals]) => [
        name === 'yawDeg' ? 'yaw' : name,
        round(quality[name as keyof typeof quality], decimals),
      ]),
    ),
    ...(actionUnits ? { actionUnits: jsonUnits(actionUnits) } : {}),
  };
}

const jsonUnits = (estimates: readonly UnitEstimate[]): object => ({
  source: ACTION_UNIT_SOURCE,
  intensity: Object.fromEntries(estimates.map(({ unit, intensity }) => [unitName(unit), round(intensity, 2)])),
  present: estimates.flatMap(({ unit, present }) => (present ? [unitName(unit)] : [])),
});

/** Comma-separated values as RFC 4180 has them, with a header; lines end with \n. */
function commaSeparated(columns: Columns): ResultFormat {
  return {
    begin: () => `${columns.map(([name]) => name).join(',')}\n`,
    image(image, imageIndex) {
      const faces = image.faces.length > 0 ? image.faces : [undefined];
      return faces
        .map(
          (face, faceIndex) =>
            `${wellFormed(joinRow(columns.map(([, cell]) => cell({ image, imageIndex, face, faceIndex }))))}\n`,
        )
        .join('');
    },
    end: () => '',
    earlier: tableRows(columns),
  };
}

/** The table for reading mentions from here on that the photo's border cuts a face. */
const SHOWN_CUT = 0.1;

/** A line for the photo, and one for each of its faces, numbered from 0 as in the other formats. */
function tableLines({ file: path, faces, error }: ImageResult): string {
  const file = escapeControls(path);
  if (error !== undefined) return `${file}: failed\n`;
  if (faces.length === 0) return `${file}: no face\n`;
  return `${file}: ${faces.length} ${faces.length === 1 ? 'face' : 'faces'}\n${faces.map(tableLine).join('')}`;
}

function tableLine({ box, pose, expressions, uncertain, quality, actionUnits }: FaceResult, i: number): string {
  const [first, ...next] = topExpressions(expressions, 3).map(({ name, percent }) => `${name} ${percent}`);
  const place = `${box.width.toFixed(0)}×${box.height.toFixed(0)} at ${box.x.toFixed(0)},${box.y.toFixed(0)}`;
  const angles = (['yaw', 'pitch', 'roll'] as const)
    .map((name) => `${name} ${`${Math.round(pose[`${name}Deg`]) + 0}°`.padStart(4)}`)
    .join('  ');
  const remarks = [
    ...(uncertain ? ['uncertain'] : []),
    ...(quality.cut >= SHOWN_CUT ? [`${Math.round(100 * quality.cut)}% cut off`] : []),
  ];
  const shown = actionUnits?.flatMap(({ unit, intensity, present }) =>
    present ? [`${unitName(unit)} ${intensity.toFixed(1)}`] : [],
  );
  const units = shown ? `      ${shown.join(', ') || 'no action unit'} (${ACTION_UNIT_SOURCE})\n` : '';
  return `${String(i).padStart(4)}  ${first!.padEnd(14)}  ${next.join(', ').padEnd(28)}  ${place.padEnd(22)}  ${angles}${remarks.map((remark) => `  ${remark}`).join('')}\n${units}`;
}

/** The most probable expressions, best first. */
export function topExpressions(
  expressions: FacePrediction['expressions'],
  count: number,
): { name: string; percent: string }[] {
  return Object.entries(expressions)
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, probability]) => ({ name, percent: `${Math.round(100 * probability)}%` }));
}
