/**
 * Maps of features as one self-contained HTML page: a point for each face in its class's colour, some with their
 * picture, the others' pictures and names under the pointer. Li & Deng 2019, fig. 9, sets two networks beside each
 * other. All sizes are px.
 *
 * Shape legend: N samples.
 */
import { escapeHtml, percent, svg } from './charts.ts';
import { MAP_SCRIPT, MAP_STYLE } from './feature-map-script.ts';
import { page } from './page.ts';
import { CLASS_COLORS } from './plots.ts';

/** Pictures of the samples in one image, row after row. */
export interface ThumbnailSheet {
  /** `data:` URI of the image. */
  readonly href: string;
  readonly columns: number;
  /** Size of the image. */
  readonly width: number;
  readonly height: number;
  /** Side of one picture. */
  readonly side: number;
}

export interface MapPanel {
  readonly title: string;
  /** [N,2] */
  readonly points: ArrayLike<number>;
  /** Sentences beneath, such as how the samples were drawn. */
  readonly notes: readonly string[];
  /** Shares of neighbours with the same label. */
  readonly purity: { readonly features: number; readonly map: number; readonly chance: number };
}

export interface MapSamples {
  readonly classes: readonly string[];
  /** [N] */
  readonly labels: ArrayLike<number>;
  /** [N] what each is called. */
  readonly ids: readonly string[];
  readonly thumbnails?: ThumbnailSheet;
}

const SIDE = 640;
const MARGIN = 24;
/** Side of a picture on the map, and the least distance between the centres of two, px. */
const [PICTURE, APART] = [34, 50];
const PICTURES = 80;

/** @returns the text of an HTML file; panels show the same samples */
export function renderFeatureMap(title: string, samples: MapSamples, panels: readonly MapPanel[]): string {
  const { classes, labels, thumbnails } = samples;
  const present = classes.map((_, k) => k).filter((k) => Array.prototype.includes.call(labels, k));
  const legend = present.map((k) => {
    const count = Array.prototype.filter.call(labels, (label: number) => label === k).length;
    return `<button type="button" data-class="${k}"><i style="background:${colorOf(k)}"></i>${escapeHtml(classes[k]!)} <small>${count}</small></button>`;
  });
  const sheet =
    thumbnails === undefined
      ? ''
      : `<svg width="0" height="0" style="position:absolute"><defs><image id="sheet" href="${thumbnails.href}" width="${thumbnails.width}" height="${thumbnails.height}"/></defs></svg>`;
  const toggle =
    thumbnails === undefined ? '' : '<label><input type="checkbox" id="pictures" checked> pictures</label>';
  const figures = panels.map(
    (panel) =>
      `<figure><h2>${escapeHtml(panel.title)}</h2>${panelSvg(panel, samples, present)}<figcaption>${[
        `${percent(panel.purity.map)} % of the 10 nearest neighbours on the map have the same label, ${percent(panel.purity.features)} % among the features; by chance ${percent(panel.purity.chance)} %.`,
        ...panel.notes,
      ]
        .map((note) => `<p class="note">${escapeHtml(note)}</p>`)
        .join('')}</figcaption></figure>`,
  );
  return page(
    title,
    `<style>${MAP_STYLE}</style>${sheet}
<div class="legend">${legend.join('')}${toggle}</div>
<div class="maps">${figures.join('\n')}</div>
<div id="tip" hidden>${thumbnails === undefined ? '' : `<svg width="96" height="96"><use href="#sheet"/></svg>`}<b></b><span></span></div>
<p class="note">Only what lies near to each other on such a map tells something: distances between groups, their sizes and the axes do not. Labels are what annotators saw in a face, not what the person felt.</p>
<script>${MAP_SCRIPT}</script>`,
  );
}

function panelSvg(
  { title, points }: MapPanel,
  { classes, labels, ids, thumbnails }: MapSamples,
  present: readonly number[],
): string {
  const N = labels.length;
  const place = placer(points, N);
  const cells = (i: number): string => (thumbnails === undefined ? '' : ` data-cell="${cellOf(thumbnails, i)}"`);
  const groups = present.map((k) => {
    const dots = Array.from({ length: N }, (_, i) => i)
      .filter((i) => labels[i] === k)
      .map((i) => {
        const [x, y] = place(i);
        return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3"${cells(i)}><title>${escapeHtml(`${classes[k]!}: ${ids[i]!}`)}</title></circle>`;
      });
    return `<g data-class="${k}" fill="${colorOf(k)}">${dots.join('')}</g>`;
  });
  const pictures =
    thumbnails === undefined
      ? []
      : chooseSpread(N, labels, place).map((i) => {
          const [x, y] = place(i).map((v) => v - PICTURE / 2) as [number, number];
          return (
            `<g data-class="${labels[i]}" class="picture"><svg x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${PICTURE}" height="${PICTURE}" viewBox="${cellOf(thumbnails, i)}"><use href="#sheet"/></svg>` +
            `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${PICTURE}" height="${PICTURE}" fill="none" stroke="${colorOf(labels[i]!)}" stroke-width="2.5"/></g>`
          );
        });
  return svg(SIDE, SIDE, `Map of ${title}`, [
    `<rect width="${SIDE}" height="${SIDE}" fill="#fbfcfd" stroke="#e3e8ee"/>`,
    ...groups,
    ...pictures,
  ]).replace('<svg ', '<svg class="map" ');
}

const colorOf = (k: number): string => CLASS_COLORS[k % CLASS_COLORS.length]!;

/** The view of one picture of the sheet. */
function cellOf({ columns, side }: ThumbnailSheet, i: number): string {
  return `${(i % columns) * side} ${Math.floor(i / columns) * side} ${side} ${side}`;
}

/** Points to the panel, both axes by one scale, y upwards. */
function placer(points: ArrayLike<number>, N: number): (i: number) => [number, number] {
  const range = (d: number): [number, number] => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < N; i++) [low, high] = [Math.min(low, points[2 * i + d]!), Math.max(high, points[2 * i + d]!)];
    return [low, high];
  };
  const [[left, right], [bottom, top]] = [range(0), range(1)];
  const scale = (SIDE - 2 * MARGIN) / (Math.max(right - left, top - bottom) || 1);
  return (i) => [
    SIDE / 2 + (points[2 * i]! - (left + right) / 2) * scale,
    SIDE / 2 - (points[2 * i + 1]! - (bottom + top) / 2) * scale,
  ];
}

/** Samples whose pictures are drawn: class by class in turn, none nearer to another than `APART`. */
function chooseSpread(N: number, labels: ArrayLike<number>, place: (i: number) => readonly [number, number]): number[] {
  const queues = new Map<number, number[]>();
  for (let i = 0; i < N; i++) queues.set(labels[i]!, [...(queues.get(labels[i]!) ?? []), i]);
  const chosen: number[] = [];
  const isFree = (i: number): boolean =>
    chosen.every((other) => Math.hypot(place(i)[0] - place(other)[0], place(i)[1] - place(other)[1]) >= APART);
  for (let found = true; found && chosen.length < PICTURES;) {
    found = false;
    for (const queue of queues.values()) {
      const at = queue.findIndex(isFree);
      if (at < 0 || chosen.length >= PICTURES) continue;
      chosen.push(queue[at]!);
      queue.splice(0, at + 1);
      found = true;
    }
  }
  return chosen;
}
