/** Numbers and names as the page writes them. */

export const percent = (share: number): string => `${Math.round(100 * share)} %`;
/** With a decimal, where differences matter. */
export const percent1 = (share: number): string => `${(100 * share).toFixed(1)} %`;
export const degrees = (value: number): string => `${Math.round(value) + 0}°`.replace('-', '−');
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** Minutes, seconds and tenths. */
export function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}
