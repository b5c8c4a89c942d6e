/** What `validateGlb` uses of the Khronos Group's validator, which has no types of its own. */
declare module 'gltf-validator' {
  export function validateBytes(bytes: Uint8Array): Promise<{
    readonly issues: { readonly messages: readonly unknown[] };
    readonly info: Readonly<Record<string, unknown>>;
  }>;
}
