/**
 * Assets: a folder with everything that recognition needs (models, face networks, the canonical face) and a list of it,
 * `assets.json`. A browser fetches it from where a page serves it; in Node it stands in for the npm packages.
 */
import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { FaceFiles, NetworkName } from '../face/index.ts';

export interface Assets {
  /** Folder or address; names the assets in errors. */
  readonly location: string;
  /** The expression models among them, by name. */
  readonly models: readonly string[];
  /** @throws {InputError} when there is no such file, or it cannot be read */
  read(file: string): Promise<Uint8Array>;
}

export const ASSETS_LIST = 'assets.json';
export const CANONICAL_FACE_FILE = 'faces/canonical-face.binarypb';
export const networkFile = (name: NetworkName): string => `faces/${name}.onnx`;
export const modelFile = (name: string): string => `models/${name}.onnx`;
const MODEL = /^models\/(.+)\.onnx$/;

const listSchema = z.object({
  /** Raised when files of this version are of no use to older ones of the library, or the other way about. */
  schema: z.literal(1),
  files: z.record(
    z.string(),
    z.object({ bytes: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});
export type AssetsList = z.infer<typeof listSchema>;

/** What errors say to do. */
const REMEDY = 'write the folder with "mien assets DIR"';

/**
 * @param name names the list in errors   @throws {InputError} when the text is not a list of assets, or of another
 *   version of the library
 */
export function parseAssetsList(text: string, name: string): AssetsList {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError(name, `is not a list of assets; ${REMEDY}`, { cause });
  }
  const parsed = listSchema.safeParse(value);
  if (!parsed.success)
    throw new InputError(
      name,
      `is not a list of assets that this version of the library reads; ${REMEDY} by this version`,
      { cause: parsed.error },
    );
  return parsed.data;
}

export const modelsOf = ({ files }: AssetsList): string[] =>
  Object.keys(files).flatMap((file) => MODEL.exec(file)?.[1] ?? []);

/** @throws {InputError} */
export function entryOf(list: AssetsList, file: string, location: string): AssetsList['files'][string] {
  const entry = Object.hasOwn(list.files, file) ? list.files[file] : undefined;
  if (!entry) throw new InputError(location, `does not hold ${file}; ${REMEDY}`);
  return entry;
}

export function faceFilesOf(assets: Pick<Assets, 'read'>): FaceFiles {
  return { network: (name) => assets.read(networkFile(name)), canonicalFace: () => assets.read(CANONICAL_FACE_FILE) };
}

/** @throws {InputError} naming the models that the assets hold */
export function readAssetModel(assets: Assets, name: string): Promise<Uint8Array> {
  if (assets.models.includes(name)) return assets.read(modelFile(name));
  throw new InputError(
    name,
    `is not among the models of ${assets.location}: expected one of ${assets.models.join(', ') || '(none)'}`,
  );
}
