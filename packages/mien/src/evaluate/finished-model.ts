/** A finished model as what is made of models reads it: its graph, and what its card says. */
import { createHash } from 'node:crypto';
import { exists, readText, readWhole } from '../files/index.ts';
import type { Graph } from '../onnx/index.ts';
import { decodeModelFile } from '../onnx/node.ts';
import { modelFile } from '../predict/node.ts';
import { parseModelCard, type ModelCard } from '../train/index.ts';

export interface FinishedModel {
  readonly name: string;
  readonly graph: Graph;
  /** Digest of its file. */
  readonly sha256: string;
  /** Absent where none lies beside the file: a card of another file says nothing of this one. */
  readonly card?: ModelCard;
}

/**
 * @param source name of an installed model, or the path of an .onnx file
 * @throws {InputError} when there is no such model, or it or its card is damaged
 */
export async function readFinishedModel(source: string): Promise<FinishedModel> {
  const { name, path, cardPath } = await modelFile(source);
  const bytes = await readWhole(path);
  const graph = decodeModelFile(bytes, path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const card = (await exists(cardPath)) ? parseModelCard(cardPath, await readText(cardPath)) : undefined;
  return { name, graph, sha256, ...(card?.sha256 === sha256 ? { card } : {}) };
}
