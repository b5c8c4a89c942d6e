/**
 * EmotioNet: faces from the web with action units; 2,478 of them with one of 16 expressions, which people gave them; all
 * have those of the 23 that their units tell, which is the form `emotionet-units`. The owners hand out URLs,
 * not images: the user downloads them into any folder below the root, each under the last part of its URL, and images
 * that are not there are reported one by one.
 * Layout: emotionet-tables.ts (`emotioNet_URLs/emotioNet_1.txt` …, the rows of the challenge,
 * `EmotioNet_FACS_aws_….csv` or `.xlsx`, `URLsWithEmotionCat_aws_free.xlsx`). An image that stands in several tables is
 * one record. Source: Benitez-Quiroz et al. 2016, "EmotioNet"; Benitez-Quiroz et al. 2017 (arXiv:1703.01210), the
 * challenge.
 */
import { join } from 'node:path';
import { InputError } from '../../errors.ts';
import { compareNames, isImageName } from '../../files/index.ts';
import { attempt } from './attempt.ts';
import { fileName } from './by-name.ts';
import { type Database, type DatabaseDefinition, type FaceRecord, type ProblemSink, throwProblem } from './database.ts';
import { LABELLED_CATEGORIES } from './emotionet-categories.ts';
import { type EmotioNetRow, readEmotioNetTable } from './emotionet-tables.ts';
import { EMOTIONET_UNITS, type EmotioNetCategory, expressionsOfUnits } from './emotionet-units.ts';
import { walkFiles } from './files.ts';

const TABLE_NAME = /\.(txt|csv|xlsx)$/i;

/** What one form of the labels makes of the database. */
interface Form {
  readonly name: string;
  readonly classes: readonly EmotioNetCategory[];
  readonly labelsOf: (rows: readonly EmotioNetRow[], active: readonly number[]) => readonly EmotioNetCategory[];
}

async function index(form: Form, root: string, problem: ProblemSink): Promise<Database> {
  const tables: string[] = [];
  const images = new Map<string, string[]>();
  for await (const path of walkFiles(root)) {
    const name = fileName(path);
    if (isImageName(name)) images.set(name, [...(images.get(name) ?? []), path]);
    else if (TABLE_NAME.test(name)) tables.push(path);
  }
  const rowsOf = new Map<string, EmotioNetRow[]>();
  let rowCount = 0;
  for (const table of tables.sort(compareNames)) {
    const rows = (await attempt(problem, () => readEmotioNetTable(join(root, table), problem))) ?? [];
    rowCount += rows.length;
    for (const row of rows) {
      const path = findImage(images, row.url);
      if (path === undefined) problem(row.where, `is not downloaded: ${row.url}`);
      else rowsOf.set(path, [...(rowsOf.get(path) ?? []), row]);
    }
  }
  if (rowCount === 0)
    throw new InputError(root, 'holds no EmotioNet: expected its lists of URLs (.txt, .csv or .xlsx)');
  const records = [...rowsOf].flatMap(([path, rows]) => {
    const own = rowsOfOneUrl(path, rows, problem);
    return own.length > 0 ? [record(form, root, path, own)] : [];
  });
  return { name: form.name, root, classes: form.classes, records };
}

/**
 * The rows that are of the image for certain. Names on the web repeat: where an image has the name of several URLs,
 * those whose folder is its folder; the others are reported, as their labels would be another image's. Tables may name
 * different servers.
 */
function rowsOfOneUrl(path: string, rows: readonly EmotioNetRow[], problem: ProblemSink): readonly EmotioNetRow[] {
  if (new Set(rows.map(({ url }) => folderAndName(url))).size === 1) return rows;
  const own = rows.filter(({ url }) => folderAndName(url) === folderAndName(path));
  for (const { url, where } of rows.filter((row) => !own.includes(row))) {
    problem(where, `has the name of another URL's image, ${path}: put it into a folder called as in its URL: ${url}`);
  }
  return own;
}

/** The last two parts of a URL, or of a path. */
const folderAndName = (url: string): string =>
  url
    .replace(/[?#].*$/, '')
    .split('/')
    .slice(-2)
    .join('/');

/** The image of that name; of several, the one in a folder that is called as in the URL. */
function findImage(images: ReadonlyMap<string, readonly string[]>, url: string): string | undefined {
  const parts = url.replace(/[?#].*$/, '').split('/');
  const found = images.get(parts.at(-1)!) ?? [];
  return found.length === 1 ? found[0] : found.find((path) => path.split('/').at(-2) === parts.at(-2));
}

/** One image from all its rows; of what they say of a unit, the last counts. */
function record(form: Form, root: string, path: string, rows: readonly EmotioNetRow[]): FaceRecord {
  const units = new Map(rows.flatMap((row) => [...row.units]));
  const annotated = [...units.keys()].sort((a, b) => a - b);
  const active = annotated.filter((unit) => units.get(unit));
  return {
    id: path,
    image: { file: join(root, ...path.split('/')) },
    ...labelling(form.labelsOf(rows, active)),
    ...(annotated.length > 0 ? { actionUnits: active.map((unit) => ({ unit })) } : {}),
    attributes: { url: rows[0]!.url, ...(annotated.length > 0 ? { annotatedUnits: annotated.join(' ') } : {}) },
  };
}

/** Several categories of one image weigh the same. */
function labelling(categories: readonly EmotioNetCategory[]): Pick<FaceRecord, 'label' | 'labelDistribution'> {
  if (categories.length === 0) return {};
  if (categories.length === 1) return { label: categories[0]! };
  return { labelDistribution: Object.fromEntries(categories.map((name) => [name, 1])) };
}

/** By the people who labelled the second track of the challenge. */
const BY_PEOPLE: Form = {
  name: 'emotionet',
  classes: LABELLED_CATEGORIES,
  labelsOf: (rows) => [...new Set(rows.flatMap((row) => row.categories))],
};

/** By the action units, as the whole of the database is labelled: the expressions of which the most units are active. */
const BY_UNITS: Form = {
  name: 'emotionet-units',
  classes: Object.keys(EMOTIONET_UNITS) as EmotioNetCategory[],
  labelsOf(_, active) {
    const found = expressionsOfUnits(active);
    return found.filter((name) => EMOTIONET_UNITS[name].length === EMOTIONET_UNITS[found[0]!].length);
  },
};

function definitionOf(
  form: Form,
  { title, summary, published }: Pick<DatabaseDefinition, 'title' | 'summary' | 'published'>,
): DatabaseDefinition {
  return {
    name: form.name,
    title,
    summary,
    layout:
      'the lists of URLs (.txt, .csv, .xlsx) and, in any folder below, the images that you downloaded, named by the last part of their URL',
    licence: 'given on request for non-commercial research; the images belong to their owners',
    access: 'http://cbcsl.ece.ohio-state.edu/dbform_emotionet.html',
    citation:
      'Benitez-Quiroz, Srinivasan & Martinez 2016, EmotioNet: an accurate, real-time algorithm for the automatic annotation of a million facial expressions in the wild, CVPR',
    classes: form.classes,
    published,
    index: (root, problem = throwProblem) => index(form, root, problem),
  };
}

export const emotioNet = definitionOf(BY_PEOPLE, {
  title: 'EmotioNet',
  summary: 'faces from the web with action units; 2,478 with one of 16 expressions (track 2 of its challenge)',
  published: {
    images: 975_000,
    source: 'Li & Deng 2020 (arXiv:1804.08348), section 3: 950,000 annotated by a model, 25,000 by hand',
  },
});

export const emotioNetUnits = definitionOf(BY_UNITS, {
  title: 'EmotioNet by action units',
  summary:
    'the same faces, each with the one of 23 expressions that its action units tell; of several, each weighs the same',
  published: {
    images: 975_000,
    source:
      'Li & Deng 2020 (arXiv:1804.08348), section 3; the units of the 23: Benitez-Quiroz et al. 2016, Table 1; active units beyond those do not matter, and of the expressions that fit, those with the most units count',
  },
});
