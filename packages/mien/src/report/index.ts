/**
 * HTML pages, SVG charts, and tables as text, Markdown or LaTeX.
 * @module
 */
export * from './charts.ts';
export * from './curve-chart.ts';
export * from './feature-map.ts';
export * from './figures-table.ts';
export * from './line-chart.ts';
export * from './page.ts';
export * from './plots.ts';
export * from './tables.ts';
