/** The kinds of files that verbs write, each with what an earlier one is known by. */
import { isOwnImage } from 'mienjs/image/node';
import { readText, type OutputKind } from 'mienjs/files';

const NPY_MAGIC = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]);

/** A text whose beginning reads like this. A byte order mark, as spreadsheets add, is passed over. */
const text = (name: string, ...beginnings: RegExp[]): OutputKind => ({
  name,
  isEarlier: (head) => beginnings.some((pattern) => pattern.test(head.toString('utf8').replace(/^\uFEFF/, ''))),
});

/** The keys of a JSON object; none where it is none. */
function keysOf(json: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  } catch {
    return [];
  }
}

const hasKeys = (json: string, keys: readonly string[]): boolean => {
  const present = keysOf(json);
  return keys.every((key) => present.includes(key));
};

/** A JSON object that has these keys. */
const document =
  (...keys: string[]): OutputKind['isEarlier'] =>
  async (head, path) =>
    head[0] === 0x7b && hasKeys(await readText(path), keys);

/** JSON Lines whose first has these keys. */
const lines =
  (...keys: string[]): OutputKind['isEarlier'] =>
  (head) =>
    head[0] === 0x7b && hasKeys(head.toString('utf8').split('\n')[0]!, keys);

/** One of several forms of the same. */
const either = (name: string, ...forms: OutputKind['isEarlier'][]): OutputKind => ({
  name,
  async isEarlier(head, path) {
    for (const form of forms) if (await form(head, path)) return true;
    return false;
  },
});

/** A table by how its caption begins, as text, Markdown or LaTeX, and as JSON by its keys. */
function table(name: string, caption: string, keys: readonly string[]): OutputKind {
  return either(
    name,
    text('', new RegExp(`^(\\\\begin\\{table\\}\\n\\\\centering\\n\\\\caption\\{)?${caption}`)).isEarlier,
    document(...keys),
  );
}

export const recognizeKind: OutputKind = either(
  'a result of mien recognize',
  text(
    '',
    /^[^\n]+: (\d+ faces?|no face|failed)\n/,
    /^\{\s*"model":\s*"[^"]*",\s*"images":\s*\[/,
    /^file,width,height,faces,face_id,/,
    /^frame,face_id,timestamp,[^\n]*,schema\b/,
    /^FaceRectX,FaceRectY,[^\n]*,schema\b/,
  ).isEarlier,
  lines('file', 'width', 'height', 'faces'),
);
export const pictureKind: OutputKind = { name: 'a picture by Mien', isEarlier: (_, path) => isOwnImage(path) };
export const pageKind: OutputKind = text('a page by Mien', /<meta name="generator" content="Mien">/);
const GLB_BEGINNING = '{"asset":{"version":"2.0","generator":"Mien"}';
/** Its JSON, which comes after 20 bytes, names who made it. */
export const glbKind: OutputKind = {
  name: 'a .glb by Mien',
  isEarlier: (head) =>
    head.toString('latin1', 0, 4) === 'glTF' &&
    head.toString('latin1', 20, 20 + GLB_BEGINNING.length) === GLB_BEGINNING,
};
export const labelsKind: OutputKind = either(
  'a table of mien crowd infer',
  text('', /^task,label,confidence,/).isEarlier,
  lines('task', 'label', 'confidence', 'distribution'),
);
export const workersKind: OutputKind = either(
  'a report of workers by Mien',
  lines('worker', 'reliability', 'votes', 'compared'),
);
export const manifestKind: OutputKind = either('a manifest by mien crowd partition', lines('image', 'split', 'task'));
/** What `mien annotate export` writes, by its form. */
export const annotationExportKinds = {
  votes: text('the votes of a project', /^task,worker,label,time,active_seconds,outside\n/),
  manifest: either('a manifest by Mien', lines('image', 'split', 'task')),
  'raf-db': {
    name: "an archive of a project in RAF-DB's layout",
    isEarlier: (head) =>
      head.subarray(0, 2).toString('latin1') === 'PK' && head.includes('/EmoLabel/list_patition_label.txt'),
  },
  coco: text('key points by Mien', /^\{"info":\{"description":"made by Mien"\}/),
  events: either('the events of a project', lines('member', 'key', 'kind', 'task', 'assignment')),
} as const satisfies Record<string, OutputKind>;
export const truthKind: OutputKind = text('the truth of mien crowd simulate', /^task,truth,difficulty\r?\n/);
export const annotatorsKind: OutputKind = text('the annotators of mien crowd simulate', /^worker,kind,alpha\r?\n/);
/** Simulated votes look like anybody's. */
export const simulatedVotesKind: OutputKind = {
  name: 'known to be simulated, which votes do not show',
  isEarlier: () => false,
};
export const comparisonKind: OutputKind = table('a table of mien compare', 'Tested across databases, ', [
  'classes',
  'tests',
  'rows',
]);
export const actionUnitsKind: OutputKind = either(
  'a table of mien data action-units',
  table('', 'Action units by expression in ', ['name', 'classes', 'against', 'differing']).isEarlier,
  async (head, path) => head.includes('"units":') && (await document('name', 'classes')(head, path)),
);
export const protocolReportKind: OutputKind = either(
  'a report of a protocol by Mien',
  text(
    '',
    /^[^\n]*, protocol [^\n]*Accuracy and mean accuracy in %/,
    /^\\begin\{table\}\n\\centering\n\\caption\{[^\n]*, protocol /,
  ).isEarlier,
  document('protocol', 'databases', 'folds', 'pooled'),
);
export const featureFolderKinds = {
  'features.npy': {
    name: 'of features that Mien wrote (with features.json beside it)',
    isEarlier: (head, path) => head.subarray(0, 6).equals(NPY_MAGIC) && isFeatureFolder(path),
  },
  'manifest.jsonl': either('a list of rows of mien features', lines('row', 'id', 'label', 'split')),
  'features.json': either('a description of features by Mien', document('source', 'layer', 'dataset', 'dimensions')),
} as const satisfies Record<string, OutputKind>;
export const classifierKind: OutputKind = either('a classifier by Mien', document('format', 'version', 'model'));
export const modelKind: OutputKind = {
  name: 'a model by Mien',
  isEarlier: (head) => head.subarray(0, 16).includes('mien'),
};
export const checkpointKind: OutputKind = {
  name: 'a checkpoint by Mien',
  isEarlier: (head) => head.subarray(8, 64).toString('latin1').includes('"__metadata__":{"mien"'),
};
export const cardKind: OutputKind = either(
  'a model card by Mien',
  document('version', 'name', 'recipe', 'sha256', 'metrics'),
);
export const cardPageKind: OutputKind = text('a model card by Mien', /^# [^\n]+\n[^]*\n## Figures\n/);

async function isFeatureFolder(npy: string): Promise<boolean> {
  const description = await readText(npy.replace(/[^\\/]*$/, 'features.json')).catch(() => '');
  return hasKeys(description, ['source', 'layer', 'dataset', 'dimensions']);
}
