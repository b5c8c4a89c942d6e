export * from './occlusion.ts';
