/**
 * What happens to pictures on their way to us: blur, compression, low resolution, noise, light from one side or too
 * little of it, something in front.
 */
export * from './blur.ts';
export * from './cover.ts';
export * from './jpeg.ts';
export * from './light.ts';
export * from './noise.ts';
export * from './pixels.ts';
export * from './resample.ts';
export * from './tone.ts';
