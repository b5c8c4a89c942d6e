export * from './charts.ts';
export * from './page.ts';
export * from './plots.ts';
export * from './tables.ts';
