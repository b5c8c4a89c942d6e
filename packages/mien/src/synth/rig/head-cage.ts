/**
 * The coarse mesh of a head, which subdivision makes smooth: rings of points around the vertical axis from the crown to
 * the chin, with slits where the lids and the lips meet. Columns meet the corners of eyes and mouth and rows their rims,
 * whatever the proportions, so that all heads have the same triangles and the same point is the same place on each.
 */
import type { Character } from '../characters/character.ts';
import { clamp, mix, monotoneCurve, smoothstep } from './curves.ts';
import type { HeadSurface } from './head-surface.ts';

/** Points in a ring; column 0 is the middle of the face, higher ones go round by the subject's left (x > 0). */
const COLUMNS = 56;
const HALF = COLUMNS / 2;
/** Columns of the inner and outer corners of the eyes, of the corners of the mouth, and of the face's side (φ = 80°). */
export const COLUMN = { innerEye: 4, outerEye: 12, mouth: 9, side: 17 } as const;
const SIDE_PHI = (80 * Math.PI) / 180;

/** Where rows of the lids lie between the rim of the lid (0) and the end of its reach (1). */
const LID_SHARES = [0, 0.03, 0.13, 0.28, 0.5, 0.75, 1] as const;
/** Rows of the lips: 0 is inside the mouth, 1 the rim, 3 the border of the red, 5 the skin around. */
export const LIP_ROWS = 5;
const LIP_SHARES = [0, 0.16, 0.6, 1] as const;
export const LID_ROWS = LID_SHARES.length - 1;
const ROWS = { crown: 8, nose: 6, chin: 5 } as const;

export interface CageVertex {
  /** −1, 0, 1: the subject's right, the middle, the left. */
  readonly side: number;
  readonly phi: number;
  /** In the plane of the face: the angle's x, and the height before the jaw's lift. */
  readonly x: number;
  readonly y: number;
  /** 1 in front, 0 at the back of the head, which no expression moves. */
  readonly front: number;
  /** 0 above the opening of the mouth, 1 below, between beside it: what the jaw takes along. */
  readonly jaw: number;
  /** Place on the lips' rows: 0 … LIP_ROWS, and along the mouth, −1 … 1 between the corners. */
  readonly lip?: { readonly row: number; readonly along: number; readonly isUpper: boolean };
  /** Place on the lids' rows: how much it follows its rim, 0 … 1, and along the eye, −1 inner to 1 outer corner. */
  readonly lid?: { readonly row: number; readonly along: number; readonly isUpper: boolean; readonly follows: number };
}

export interface HeadCage {
  readonly vertices: readonly CageVertex[];
  readonly triangles: Uint32Array;
  /** By row and column; rows of slits have the rim above and the rim below. */
  readonly above: readonly (readonly number[])[];
  readonly below: readonly (readonly number[])[];
  readonly rows: { readonly eye: number; readonly mouth: number };
}

/** Heights of the rim of a lid at a place along the eye, as shares of its opening. */
export function lidProfile(along: number, pointed: number): number {
  return Math.abs(along) >= 1 ? 0 : (1 - along * along) ** pointed;
}

export function buildHeadCage(character: Character, surface: HeadSurface): HeadCage {
  const layout = layoutOf(character, surface);
  const { rowCount, eyeRow, mouthRow } = layout;
  const vertices: CageVertex[] = [];
  const above: number[][] = [];
  const below: number[][] = [];
  const add = (row: number, column: number, isUpper: boolean): number =>
    vertices.push(vertexAt(character, surface, layout, row, column, isUpper)) - 1;
  for (let row = 0; row < rowCount; row++) {
    if (row === 0 || row === rowCount - 1) {
      const pole = add(row, 0, row === 0);
      above.push(new Array<number>(COLUMNS).fill(pole));
      below.push(above[row]!);
      continue;
    }
    const upper = Array.from({ length: COLUMNS }, (_, column) => add(row, column, true));
    const isSlit = (column: number): boolean => {
      const j = Math.min(column, COLUMNS - column);
      if (row === eyeRow) return j > COLUMN.innerEye && j < COLUMN.outerEye;
      return row === mouthRow && j < COLUMN.mouth;
    };
    above.push(upper);
    below.push(upper.map((vertex, column) => (isSlit(column) ? add(row, column, false) : vertex)));
  }
  const triangles: number[] = [];
  const triangle = (a: number, b: number, c: number): void => {
    if (a !== b && b !== c && c !== a) triangles.push(a, b, c);
  };
  for (let row = 0; row + 1 < rowCount; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const next = (column + 1) % COLUMNS;
      const [tl, tr] = [below[row]![column]!, below[row]![next]!];
      const [bl, br] = [above[row + 1]![column]!, above[row + 1]![next]!];
      if (column < HALF) {
        triangle(tl, bl, tr);
        triangle(tr, bl, br);
      } else {
        triangle(tl, bl, br);
        triangle(tl, br, tr);
      }
    }
  }
  return {
    vertices,
    triangles: Uint32Array.from(triangles),
    above,
    below,
    rows: { eye: eyeRow, mouth: mouthRow },
  };
}

interface Layout {
  readonly rowCount: number;
  readonly eyeRow: number;
  readonly mouthRow: number;
  /** Height of each row before the bends around eyes and mouth. */
  readonly heights: readonly number[];
  /** φ of the columns 0 … HALF at a height. */
  readonly angles: (y: number) => readonly number[];
}

function layoutOf(character: Character, surface: HeadSurface): Layout {
  const { eyes, mouth, nose } = character;
  const { top, chin, eyeLine } = surface.shape;
  const distance = mouth.y - eyeLine;
  const lidTop = eyeLine - lidReach(character).up;
  const lidBottom = eyeLine + lidReach(character).down;
  const lipTop = mouth.y - lipReach(character).up;
  const lipBottom = mouth.y + lipReach(character).down;
  const heights: number[] = [];
  for (let i = 0; i <= ROWS.crown; i++) {
    const t = i / (ROWS.crown + 1);
    heights.push(mix(top, lidTop, 1 - Math.cos((t * Math.PI) / 2) ** 1.15));
  }
  for (let k = LID_ROWS; k >= 0; k--) heights.push(mix(eyeLine, lidTop, LID_SHARES[k]!));
  const eyeRow = heights.length - 1;
  for (let k = 1; k <= LID_ROWS; k++) heights.push(mix(eyeLine, lidBottom, LID_SHARES[k]!));
  for (let i = 1; i <= ROWS.nose; i++) heights.push(mix(lidBottom, lipTop, i / (ROWS.nose + 1)));
  for (let k = LIP_ROWS; k >= 0; k--) heights.push(mix(mouth.y, lipTop, k / LIP_ROWS));
  const mouthRow = heights.length - 1;
  for (let k = 1; k <= LIP_ROWS; k++) heights.push(mix(mouth.y, lipBottom, k / LIP_ROWS));
  for (let i = 1; i <= ROWS.chin; i++)
    heights.push(mix(lipBottom, chin, Math.sin((i / (ROWS.chin + 1)) * (Math.PI / 2))));
  heights.push(chin);

  const uniform = spread((j) => (j / COLUMN.side) * SIDE_PHI);
  const eyeAngles = spread((j) => {
    const [inner, outer] = [eyes.x - eyes.halfWidth, eyes.x + eyes.halfWidth];
    const { innerEye, outerEye, side } = COLUMN;
    if (j <= innerEye) return surface.angleAt((inner * j) / innerEye, eyeLine);
    if (j <= outerEye) {
      const t = (j - innerEye) / (outerEye - innerEye);
      return surface.angleAt(mix(inner, outer, mix(t, (1 - Math.cos(Math.PI * t)) / 2, 0.5)), eyeLine);
    }
    return mix(surface.angleAt(outer, eyeLine), SIDE_PHI, (j - outerEye) / (side - outerEye));
  });
  const mouthAngles = spread((j) => {
    const { mouth: corner, side } = COLUMN;
    if (j <= corner)
      return surface.angleAt(mouth.halfWidth * mix(j / corner, Math.sin((Math.PI / 2) * (j / corner)), 0.55), mouth.y);
    return mix(surface.angleAt(mouth.halfWidth, mouth.y), SIDE_PHI, (j - corner) / (side - corner));
  });
  const noseAngles = spread((j) => {
    const wing = 5;
    const x = nose.width * 1.15;
    if (j <= wing) return surface.angleAt((x * j) / wing, nose.tip);
    return mix(surface.angleAt(x, nose.tip), SIDE_PHI, (j - wing) / (COLUMN.side - wing));
  });
  const keys: readonly (readonly [number, readonly number[]])[] = [
    [top, uniform],
    [mix(top, lidTop, 0.55), uniform],
    [mix(lidTop, eyeLine, 0.4), eyeAngles],
    [mix(eyeLine, lidBottom, 0.8), eyeAngles],
    [clamp(nose.tip, lidBottom + 0.12 * distance, lipTop - 0.06 * distance), noseAngles],
    [mix(lipTop, mouth.y, 0.35), mouthAngles],
    [mix(mouth.y, lipBottom, 0.65), mouthAngles],
    [mix(lipBottom, chin, 0.8), uniform],
    [chin, uniform],
  ];
  const curves = Array.from({ length: HALF + 1 }, (_, j) =>
    monotoneCurve(
      keys.map(([y]) => y),
      keys.map(([, angles]) => angles[j]!),
    ),
  );
  return {
    rowCount: heights.length,
    eyeRow,
    mouthRow,
    heights,
    angles: (y) => curves.map((curve) => curve(y)),
  };
}

/** Columns beyond the side go evenly round to the back. */
function spread(front: (column: number) => number): number[] {
  return Array.from({ length: HALF + 1 }, (_, j) =>
    j <= COLUMN.side ? front(j) : mix(SIDE_PHI, Math.PI, (j - COLUMN.side) / (HALF - COLUMN.side)),
  );
}

/** How far above and below the eye line the skin follows the lids. */
export function lidReach({ eyes, brows, head, mouth }: Character): { readonly up: number; readonly down: number } {
  const lid = eyes.halfWidth * eyes.upper;
  const distance = mouth.y - head.eyeLine;
  return {
    up: Math.max(lid + 0.1, Math.min(...brows.heights) * 0.95),
    down: Math.max(eyes.halfWidth * eyes.lower + 0.12, distance * 0.28),
  };
}

function lipReach({ mouth, nose, head }: Character): { readonly up: number; readonly down: number } {
  return {
    up: Math.max(mouth.upper * 1.35, (mouth.y - nose.tip) * 0.62),
    down: Math.max(mouth.lower * 1.4, (head.chin - mouth.y) * 0.5),
  };
}

function vertexAt(
  character: Character,
  surface: HeadSurface,
  { heights, angles, eyeRow, mouthRow }: Layout,
  row: number,
  column: number,
  isUpperRim: boolean,
): CageVertex {
  const { eyes, mouth } = character;
  const j = Math.min(column, COLUMNS - column);
  const side = j === 0 || j === HALF ? 0 : column < HALF ? 1 : -1;
  let y = heights[row]!;
  const phi = angles(y)[j]!;
  const x = surface.widthAt(y) * Math.sin(phi) ** (2 / (character.head.square ?? 2.15));
  const front = smoothstep(-0.25, 0.35, Math.cos(phi));
  let lid: CageVertex['lid'];
  let lip: CageVertex['lip'];
  if (Math.abs(row - eyeRow) <= LID_ROWS && front > 0) {
    const k = Math.abs(row - eyeRow);
    const isUpper = row < eyeRow || (row === eyeRow && isUpperRim);
    const along = (x - eyes.x) / eyes.halfWidth;
    const follows = 1 - LID_SHARES[k]!;
    const opening = isUpper ? -eyes.upper : eyes.lower;
    const tilt = -(eyes.tilt ?? 0) * clamp(along, -1.5, 1.5);
    const inEye = j > COLUMN.innerEye && j < COLUMN.outerEye;
    const fade = smoothstep(2.2, 1.2, Math.abs(along));
    y += follows * eyes.halfWidth * (tilt * fade + (inEye ? opening * lidProfile(along, eyes.pointed ?? 0.65) : 0));
    lid = { row: k, along, isUpper, follows: inEye ? follows * lidProfile(along, eyes.pointed ?? 0.65) : 0 };
  }
  if (Math.abs(row - mouthRow) <= LIP_ROWS && front > 0) {
    const k = Math.abs(row - mouthRow);
    const isUpper = row < mouthRow || (row === mouthRow && isUpperRim);
    const along = x / mouth.halfWidth;
    const reach = lipReach(character)[isUpper ? 'up' : 'down'];
    const height = lipHeight(character, along, isUpper);
    const inner = k <= 3 ? LIP_SHARES[k]! * height : mix(height, reach, (k - 3) / (LIP_ROWS - 3));
    const away = smoothstep(1, 2.2, along);
    const offset = mix(inner, (reach * k) / LIP_ROWS, away);
    y = mouth.y + (isUpper ? -offset : offset) + lineOfMouth(character, along) * (1 - k / (LIP_ROWS + 1)) * (1 - away);
    lip = { row: k, along, isUpper };
  }
  return {
    side,
    phi: side < 0 ? -phi : phi,
    x: side < 0 ? -x : x,
    y,
    front,
    jaw: jawShare(character, x, y, lip) * front,
    ...(lip ? { lip } : {}),
    ...(lid ? { lid } : {}),
  };
}

/** Height of the red of a lip at a place along the mouth. */
export function lipHeight({ mouth }: Character, along: number, isUpper: boolean): number {
  const a = Math.min(1, Math.abs(along));
  const round = Math.sqrt(1 - a * a * 0.985);
  // the upper lip's bow: lower in the middle, highest at a fifth
  const bow = isUpper ? 1 - 0.16 * Math.exp(-((a / 0.13) ** 2)) : 1;
  return (isUpper ? mouth.upper : mouth.lower) * round * bow;
}

/** y of the line where the lips meet, from the mouth's own height. */
export function lineOfMouth({ mouth }: Character, along: number): number {
  const a = Math.min(1.4, Math.abs(along));
  return -(mouth.curve ?? 0) * a * a + mouth.upper * 0.12 * Math.exp(-((a / 0.25) ** 2));
}

function jawShare({ mouth, head }: Character, x: number, y: number, lip: CageVertex['lip']): number {
  const distance = mouth.y - head.eyeLine;
  const beside = smoothstep(0.75, 2, x / mouth.halfWidth);
  const band = mix(0.02, 0.42, beside) * distance;
  const share = smoothstep(mouth.y - band, mouth.y + band, y);
  if (lip && Math.abs(lip.along) < 1) {
    // lips open evenly towards the corners, which go half the way
    const middle = (1 - lip.along ** 2) ** 0.85;
    const own = lip.isUpper ? 0.5 * (1 - middle) : 1 - 0.5 * (1 - middle);
    return mix(share, own, smoothstep(LIP_ROWS + 0.5, 1.5, lip.row));
  }
  return share;
}
