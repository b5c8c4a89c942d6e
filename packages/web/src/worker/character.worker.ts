/** Characters are fitted and drawn here, so that neither the page nor recognition waits for them. */
import { ExpressionFitter, ExpressionSmoother } from 'mienjs/animate';
import type { Point3 } from 'mienjs/image';
import { CharacterModel, characterNamed, render } from 'mienjs/synth';
import type { CharacterAnswer, CharacterRequest } from './character-protocol.ts';

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<CharacterRequest>) => void) | null;
  postMessage(message: CharacterAnswer, transfer?: Transferable[]): void;
};

let fitter: Promise<ExpressionFitter> | undefined;
let smoother = new ExpressionSmoother();
/** Whose fits are smoothed. */
let followed: string | undefined;
const characters = new Map<string, CharacterModel>();

scope.onmessage = ({ data }) => {
  show(data).catch((error: Error) => scope.postMessage({ kind: 'failed', message: error.message }));
};

async function show({ canonical, character, face, mesh, expressions, timeSec, side, isMirrored }: CharacterRequest) {
  fitter ??= ExpressionFitter.create(canonical!);
  let { units, pose } = (await fitter).fit(pointsOf(mesh), { expressions });
  if (timeSec !== undefined) {
    if (face !== followed) smoother = new ExpressionSmoother();
    ({ units, pose } = smoother.next({ units, pose }, timeSec));
  }
  followed = face;
  const model = characters.get(character) ?? new CharacterModel(characterNamed(character));
  characters.set(character, model);
  const size = { width: side, height: side };
  const { image } = render(model, { units, pose, zoom: ZOOM }, size);
  const pixels = new ImageData(side, side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const from = 3 * (y * side + (isMirrored ? side - 1 - x : x));
      const to = 4 * (y * side + x);
      for (let c = 0; c < 3; c++) pixels.data[to + c] = image.data[from + c]!;
      pixels.data[to + 3] = 255;
    }
  scope.postMessage({ kind: 'drawn', pixels, units }, [pixels.data.buffer]);
}

/** The panel is small: the head nearly fills it. */
const ZOOM = 1.12;

const pointsOf = (mesh: Float32Array): Point3[] =>
  Array.from({ length: mesh.length / 3 }, (_, k) => [mesh[3 * k]!, mesh[3 * k + 1]!, mesh[3 * k + 2]!]);
