/** The folder of the user's system for what may be made again. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for what is kept between runs: below `MIEN_CACHE`, otherwise below the folder `mien` of the system's folder
 * for caches. It may be deleted at any time.
 */
export function cacheFolder(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { MIEN_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (MIEN_CACHE) return join(MIEN_CACHE, name);
  const base =
    process.platform === 'win32'
      ? (LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : process.platform === 'darwin'
        ? join(homedir(), 'Library', 'Caches')
        : XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'mien', name);
}
