export * from './session.ts';
/** `#ort` (package.json): ort-web.ts where a bundler builds for browsers, ort-node.ts elsewhere. */
export * from '#ort';
