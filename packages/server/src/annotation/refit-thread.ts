/** What is made of a project's answers, alone in a thread (refit.ts). */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { wantedLabels } from 'mienjs/crowd';
import { poseOfFivePoints } from 'mienjs/face';
import { npmFaceNetworks } from 'mienjs/face/node';
import { openStore, type Store, type Where } from '../store/index.ts';
import { figuresOf, type Figures } from './quality.ts';

export interface Refitted {
  readonly figures: Figures;
  /** Labels that each image wants, by id, where overlap is adaptive. */
  readonly wanted: ReadonlyMap<string, number> | undefined;
}

/** @returns undefined: there is no such project */
export async function refitted(store: Store, projectId: string): Promise<Refitted | undefined> {
  const collected = await store.annotation.collect(projectId);
  if (!collected) return undefined;
  const canonical = await npmFaceNetworks.canonicalFace();
  const { figures, inferred } = figuresOf(collected, (points) => poseOfFivePoints(points, canonical));
  const { adaptive, labelsPerImage } = collected.settings;
  if (!adaptive || !inferred) return { figures, wanted: undefined };
  const { certainty } = adaptive;
  const least = Math.min(adaptive.least, labelsPerImage);
  const wanted = wantedLabels(inferred.votes, inferred.inference, { certainty, least, most: labelsPerImage });
  return {
    figures,
    wanted: new Map(inferred.votes.tasks.map((task, t) => [collected.tasks[Number(task)]!.id, wanted[t]!])),
  };
}

const given = workerData as { where: Where; projectId: string } | null;
if (!isMainThread && parentPort && given?.projectId !== undefined) {
  const { where, projectId } = given;
  const store = await openStore(where);
  try {
    parentPort.postMessage((await refitted(store, projectId)) ?? null);
  } finally {
    await store.close();
  }
}
