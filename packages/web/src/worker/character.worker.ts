/** Characters are fitted and drawn here, so that neither the page nor recognition waits for them. */
import { ExpressionFitter, ExpressionSmoother } from 'mienjs/animate';
import { pointsOf } from 'mienjs/geometry';
import { CharacterModel, characterNamed, render } from 'mienjs/synth';
import type { CharacterAnswer, CharacterRequest } from './character-protocol.ts';
import { imageDataOf } from './shapes.ts';

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
  const { image } = render(model, { units, pose, zoom: ZOOM }, { width: side, height: side });
  const pixels = imageDataOf(image, isMirrored);
  scope.postMessage({ kind: 'drawn', pixels, units }, [pixels.data.buffer]);
}

/** The panel is small: the head nearly fills it. */
const ZOOM = 1.12;
