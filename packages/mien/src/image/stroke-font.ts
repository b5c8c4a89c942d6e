/**
 * A small stroke font of our own, because a bare machine has no fonts. A glyph is a set of polylines on a grid, each
 * point two digits "xy": x from 0, y down with capitals from 0 to 6, small letters from 2, descenders to 8.
 * A lone point is a dot. Letters are as wide as their rightmost point.
 */

/** Grid units: height of a capital, from its top to the baseline. */
export const CAP_HEIGHT_UNITS = 6;
/** Grid units from the top of a capital to the end of a descender. */
export const LINE_HEIGHT_UNITS = 8;
const LETTER_GAP_UNITS = 1.9;
const SPACE_UNITS = 2.6;

const glyphs: Readonly<Record<string, string>> = {
  A: '062046 1434',
  B: '06003041423303 3344453606',
  C: '4130100105163645',
  D: '06003041453606',
  E: '40000646 0333',
  F: '400006 0333',
  G: '41301001051636454323',
  H: '0006 4046 0343',
  I: '0020 1016 0626',
  J: '3035261605',
  K: '0006 400346',
  L: '000636',
  M: '0600234046',
  N: '06004640',
  O: '103041453616050110',
  P: '06003041423303',
  Q: '103041453616050110 2446',
  R: '06003041423303 2346',
  S: '413010010213334445361605',
  T: '0040 2026',
  U: '000516364540',
  V: '002640',
  W: '0016233640',
  X: '0046 4006',
  Y: '002340 2326',
  Z: '00400646',
  a: '3236 3322120305162635',
  b: '0006 0312223335261605',
  c: '3322120305162635',
  d: '3036 3322120305162635',
  e: '043433221203051636',
  f: '30201116 0222',
  g: '3237281807 3322120305162635',
  h: '0006 0312223336',
  i: '0206 00',
  j: '121708 10',
  k: '0006 320436',
  l: '000516',
  m: '0206 03122326 23324346',
  n: '0206 0312223336',
  o: '122233352616050312',
  p: '0208 0312223335261605',
  q: '3238 3322120305162635',
  r: '0206 031222',
  s: '33221203142435261605',
  t: '101526 0222',
  u: '0205162635 3236',
  v: '022642',
  w: '0216243642',
  x: '0236 3206',
  y: '0226 4218',
  z: '02320636',
  0: '102031352616050110',
  1: '011016 0626',
  2: '011020313206 0636',
  3: '01102031322313 233435261605',
  4: '26200434',
  5: '300002223335261605',
  6: '312010010516263534231304',
  7: '003016',
  8: '102031322313020110 1304051626353423',
  9: '051626353120100102132332',
  '.': '06',
  ',': '1607',
  ':': '03 06',
  ';': '03 0607',
  '-': '0323',
  '+': '0343 2125',
  '=': '0232 0434',
  '/': '0630',
  '\\': '0036',
  '%': '5006 1021120110 4455463544',
  '(': '10010516',
  ')': '00111506',
  '[': '10000616',
  ']': '00101606',
  '{': '20111203141526',
  '}': '00111223141506',
  _: '0747',
  '!': '0004 06',
  '?': '01102031322324 26',
  "'": '0001',
  '"': '0001 1011',
  '#': '1016 3036 0242 0444',
  '&': '4602011020210405162644',
  '*': '1115 0224 0422',
  '<': '310335',
  '>': '013305',
  '@': '36160501103041443432 322213142434',
  '|': '0007',
  '~': '03122332',
  '^': '021022',
  '`': '0011',
  $: '413010010213334445361605 2026',
  '°': '1021120110',
  ' ': '',
};
/** For characters that the font lacks: an empty box. */
const MISSING_GLYPH = '0030360600';

export interface Stroke {
  /** Grid units, x and y of each point. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

/**
 * Lays out one line of text. Accents are dropped (é → e); other characters outside ASCII become a box.
 * @returns the strokes in grid units from the top left of the first capital, and the width of the line
 */
export function layOutText(text: string): { readonly strokes: readonly Stroke[]; readonly widthUnits: number } {
  const strokes: Stroke[] = [];
  let pen = 0;
  for (const character of text.normalize('NFKD').replace(/\p{M}/gu, '')) {
    if (character === ' ') {
      pen += SPACE_UNITS;
      continue;
    }
    const lines = (glyphs[character] ?? MISSING_GLYPH).split(' ').map(parsePoints);
    const width = Math.max(...lines.flat().map(([x]) => x));
    for (const line of lines) strokes.push({ points: line.map(([x, y]) => [x + pen, y] as const) });
    pen += width + LETTER_GAP_UNITS;
  }
  return { strokes, widthUnits: Math.max(0, pen - LETTER_GAP_UNITS) };
}

function parsePoints(line: string): (readonly [number, number])[] {
  return Array.from({ length: line.length / 2 }, (_, i) => [Number(line[2 * i]), Number(line[2 * i + 1])] as const);
}

/** Every character that the font draws. */
export const fontCharacters: readonly string[] = Object.keys(glyphs);
