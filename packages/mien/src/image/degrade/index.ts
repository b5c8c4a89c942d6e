/** What happens to pictures on their way to us: blur, compression, low resolution, light from one side. */
export * from './blur.ts';
export * from './jpeg.ts';
export * from './light.ts';
export * from './pixels.ts';
export * from './resample.ts';
