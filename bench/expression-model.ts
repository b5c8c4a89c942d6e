/** The expression models that are measured. */
import { readFile } from 'node:fs/promises';
import { findModel } from 'mienjs/predict/node';

export interface ExpressionModel {
  readonly bytes: Uint8Array;
  readonly name: string;
}

export async function loadExpressionModel(name = 'default'): Promise<ExpressionModel> {
  return { bytes: await readFile((await findModel(name)).path), name };
}
