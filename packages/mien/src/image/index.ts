export * from './raw-image.ts';
