/** Detector and mesh with the networks that npm installed: what index.ts leaves out because a browser cannot run it. */
import { MediaPipeMesher } from './mesher.ts';
import { loadNetwork } from './networks.ts';

export { loadNetwork, type NetworkName } from './networks.ts';

/** @throws {MienError} when the npm package that holds the network is missing or damaged */
export async function loadFaceMesher(): Promise<MediaPipeMesher> {
  return new MediaPipeMesher(await loadNetwork('face-landmark'));
}
