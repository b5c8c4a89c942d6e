export * from './session.ts';
export * from './ort-node.ts';
