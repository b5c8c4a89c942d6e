/** The charts of the page of quality. */
import * as Plot from '@observablehq/plot';
import type { Quality } from 'mien-server/contract';
import { type ReactNode, useCallback } from 'react';
import { Chart } from '../../components/plot.tsx';
import { useIsDark } from '../../components/use-is-dark.ts';
import { LOOKS } from '../../expressions.ts';
import { percent, percent1 } from '../../format.ts';

type QuestionQuality = Quality['questions'][number];
type TitleOf = (value: string) => string;

const ROW_PX = 26;
const FRAME_PX = 44;
const NAMES_PX = 130;
/** Pairs that are drawn. */
const PAIRS = 12;
const bar = { insetTop: 3, insetBottom: 3 } as const;

function Figure({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: string;
  readonly children: ReactNode;
}) {
  return (
    <figure className="chart">
      <figcaption>
        <span className="card-subtitle">{title}</span>
        {note !== undefined && <span className="field-note">{note}</span>}
      </figcaption>
      {children}
    </figure>
  );
}

/** Bars are shares of votes; a line through each is the share of images with that label. */
export function ClassChart({ classes, titleOf }: Pick<QuestionQuality, 'classes'> & { readonly titleOf: TitleOf }) {
  const isDark = useIsDark();
  const sum = (of: (one: (typeof classes)[number]) => number): number =>
    Math.max(
      1,
      classes.reduce((total, one) => total + of(one), 0),
    );
  const [votes, images] = [sum((one) => one.votes), sum((one) => one.images)];
  const text = classes.map((one) => `${titleOf(one.value)} ${percent1(one.votes / votes)} of votes`).join(', ');
  const options = useCallback((): Plot.PlotOptions => {
    const colorOf = (value: string): string =>
      value in LOOKS ? LOOKS[value as keyof typeof LOOKS][isDark ? 'dark' : 'light'] : 'var(--accent)';
    const rows = classes.map((one) => ({
      title: titleOf(one.value),
      color: colorOf(one.value),
      votes: one.votes / votes,
      images: one.images / images,
    }));
    return {
      marginLeft: NAMES_PX,
      height: FRAME_PX + rows.length * ROW_PX,
      x: { label: 'share', tickFormat: '.0%', grid: true, nice: true },
      y: { label: null, domain: rows.map(({ title }) => title) },
      marks: [
        Plot.barX(rows, { x: 'votes', y: 'title', fill: 'color', ...bar }),
        Plot.tickX(rows, { x: 'images', y: 'title', stroke: 'var(--ink)', strokeWidth: 2 }),
        Plot.ruleX([0]),
      ],
    };
  }, [classes, titleOf, votes, images, isDark]);
  return (
    <Figure title="Classes" note="Bars: of all votes. Strokes: of images, by inferred label">
      <Chart label={text} options={options} />
    </Figure>
  );
}

export function SubsetChart({ subsets }: Pick<QuestionQuality, 'subsets'>) {
  const all = Math.max(
    1,
    Object.values(subsets).reduce((sum, n) => sum + n, 0),
  );
  const options = useCallback((): Plot.PlotOptions => {
    const rows = Object.entries(subsets);
    return {
      marginLeft: NAMES_PX,
      height: FRAME_PX + rows.length * ROW_PX,
      x: { label: 'images', tickFormat: 'd', ticks: 5, grid: true, nice: true },
      y: { label: null, domain: rows.map(([name]) => name) },
      marks: [
        Plot.barX(rows, { x: '1', y: '0', fill: 'var(--accent)', fillOpacity: 0.85, ...bar }),
        Plot.text(rows, {
          x: '1',
          y: '0',
          text: ([, n]: [string, number]) => percent(n / all),
          dx: 4,
          textAnchor: 'start',
          fill: 'var(--ink)',
        }),
        Plot.ruleX([0]),
      ],
    };
  }, [subsets, all]);
  return (
    <Figure title="Subsets" note="Images by the labels whose share is above the mean (Li & Deng 2019)">
      <Chart
        label={Object.entries(subsets)
          .map(([name, n]) => `${name}: ${n}`)
          .join(', ')}
        options={options}
      />
    </Figure>
  );
}

export function PairChart({ pairs, titleOf }: Pick<QuestionQuality, 'pairs'> & { readonly titleOf: TitleOf }) {
  const options = useCallback((): Plot.PlotOptions => {
    const rows = [...pairs]
      .sort((a, b) => b.images - a.images)
      .slice(0, PAIRS)
      .map(({ values, images }) => ({ name: values.map(titleOf).join(' + '), images }));
    return {
      marginLeft: NAMES_PX + 30,
      height: FRAME_PX + rows.length * ROW_PX,
      x: { label: 'images', tickFormat: 'd', ticks: 5, grid: true, nice: true },
      y: { label: null, domain: rows.map(({ name }) => name) },
      marks: [
        Plot.barX(rows, { x: 'images', y: 'name', fill: 'var(--accent)', fillOpacity: 0.85, ...bar }),
        Plot.ruleX([0]),
      ],
    };
  }, [pairs, titleOf]);
  return (
    <Figure
      title="Two labels at once"
      note={pairs.length > PAIRS ? `The ${PAIRS} most frequent of ${pairs.length} pairs` : ''}
    >
      <Chart
        label={pairs.map(({ values, images }) => `${values.map(titleOf).join(' and ')}: ${images}`).join(', ')}
        options={options}
      />
    </Figure>
  );
}

export function IntervalChart({
  title,
  intervals,
  titleOf,
}: {
  readonly title: string;
  readonly intervals: QuestionQuality['kappaByOption'];
  readonly titleOf: TitleOf;
}) {
  const options = useCallback((): Plot.PlotOptions => {
    const rows = Object.entries(intervals).flatMap(([value, interval]) =>
      interval ? [{ name: titleOf(value), ...interval }] : [],
    );
    return {
      marginLeft: NAMES_PX + 30,
      height: FRAME_PX + rows.length * ROW_PX,
      x: { label: 'κ', domain: [Math.min(0, ...rows.map(({ low }) => low)), 1], grid: true },
      y: { label: null, domain: rows.map(({ name }) => name) },
      marks: [
        Plot.ruleX([0]),
        Plot.link(rows, { x1: 'low', x2: 'high', y1: 'name', y2: 'name', stroke: 'var(--accent)', strokeWidth: 2 }),
        Plot.dot(rows, { x: 'value', y: 'name', fill: 'var(--accent)', r: 4 }),
      ],
    };
  }, [intervals, titleOf]);
  const text = Object.entries(intervals).map(
    ([value, interval]) => `${titleOf(value)} ${interval ? interval.value.toFixed(2) : 'not known'}`,
  );
  return (
    <Figure title={title} note="With 95 % intervals">
      <Chart label={text.join(', ')} options={options} />
    </Figure>
  );
}

export function Histogram({
  title,
  bins,
}: {
  readonly title: string;
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}) {
  const options = useCallback(
    (): Plot.PlotOptions => ({
      height: 190,
      x: { label: 'degrees' },
      y: { label: 'images', grid: true, tickFormat: 'd', ticks: 4, nice: true },
      marks: [
        Plot.rectY(bins, {
          x1: 'from',
          x2: 'to',
          y: 'count',
          fill: 'var(--accent)',
          fillOpacity: 0.85,
          insetLeft: 0.5,
          insetRight: 0.5,
        }),
        Plot.ruleY([0]),
      ],
    }),
    [bins],
  );
  const all = bins.reduce((sum, { count }) => sum + count, 0);
  const mean = bins.reduce((sum, { from, to, count }) => sum + (count * (from + to)) / 2, 0) / Math.max(1, all);
  return (
    <Figure title={title}>
      <Chart label={`${title}: ${all} images, ${mean.toFixed(0)}° in the mean`} options={options} />
    </Figure>
  );
}
