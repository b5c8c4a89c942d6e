export * from './charts.ts';
export * from './feature-map.ts';
export * from './line-chart.ts';
export * from './page.ts';
export * from './plots.ts';
export * from './tables.ts';
