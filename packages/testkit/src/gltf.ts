/** Whether a .glb is valid, by the Khronos Group's validator. */
import { validateBytes } from 'gltf-validator';

/** @returns the validator's errors, warnings and hints, and what it says of the file */
export async function validateGlb(
  bytes: Uint8Array,
): Promise<{ readonly messages: readonly unknown[]; readonly info: Readonly<Record<string, unknown>> }> {
  const { issues, info } = await validateBytes(bytes);
  return { messages: issues.messages, info };
}
