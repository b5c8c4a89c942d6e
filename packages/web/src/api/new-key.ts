/** A key of 128 random bits. `crypto.randomUUID` is there on secure origins only, and a server in a laboratory has no certificate. */
export const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
