export * from './charts.ts';
export * from './page.ts';
