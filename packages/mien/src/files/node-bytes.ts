/**
 * Node's `Buffer`; in a project without Node's types, which a page need not install, the `Uint8Array` that it is.
 */
export type NodeBytes = typeof globalThis extends { Buffer: { alloc(size: number): infer B } } ? B : Uint8Array;
