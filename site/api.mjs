// The API reference: a Markdown page for each entry of the library's export map, by TypeDoc. Nothing else of the library appears, and every
// warning is an error: links to nothing, types that a public signature names and no entry exports, parameters that are not there.
import { readFileSync } from 'node:fs';
import { Application, Converter, LogLevel, ReferenceType, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';
import { GENERATED, ROOT } from './paths.mjs';

const LIBRARY = `${ROOT}packages/mien/`;
const { name, exports } = JSON.parse(readFileSync(`${LIBRARY}package.json`, 'utf8'));

/** Specifier → source file, in the order of the export map. */
const ENTRIES = new Map(
  Object.entries(exports)
    .filter(([, target]) => typeof target !== 'string')
    .map(([entry, { 'mien-source': source }]) => [
      name + entry.slice(1),
      LIBRARY + (source.default ?? source).slice(2),
    ]),
);

/** `mienjs/face/node`, with the address of its page. */
export const API_PAGES = [...ENTRIES.keys()].map((specifier) => ({ specifier, page: `api/${specifier}.md` }));

/**
 * Types by which public types are computed, which say nothing to a reader. A type that a user meets is exported by an entry instead.
 */
const HELPER_TYPES = [
  'ACTIVATIONS',
  'ALIGNED_GROUPS',
  'AttrType',
  'calibrationSchema',
  'FurtherCategory',
  'joinedSchema',
  'Method',
  'MethodDefinition',
  'Named',
  'OfChannel',
  'OfImage',
  'REASONS',
  'specFields',
  'STAGES',
  'stageSchema',
  'valueHeadSchema',
  'VotesFormat',
];

/** Writes the pages. @throws when TypeDoc has anything to say */
export async function writeApi() {
  const depth = (specifier) => specifier.split('/').length;
  const app = await Application.bootstrapWithPlugins({
    name: 'API',
    // The deeper entries first: a name that two entries export is described at the first
    entryPoints: [...ENTRIES].sort(([a], [b]) => depth(b) - depth(a)).map(([, source]) => source),
    tsconfig: `${LIBRARY}tsconfig.json`,
    outputs: [{ name: 'markdown', path: `${ROOT}${GENERATED}/api` }],
    plugin: ['typedoc-plugin-markdown'],
    router: 'module',
    readme: 'none',
    logLevel: LogLevel.Warn,
    validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true },
    intentionallyNotExported: HELPER_TYPES,
    preservedTypeAnnotationTags: ['@throws'],
    excludePrivate: true,
    excludeInternal: true,
    excludeExternals: true,
    disableSources: true,
    sort: ['source-order'],
    groupOrder: ['Classes', 'Functions', 'Variables', 'Interfaces', 'Type Aliases', 'References'],
    entryFileName: 'index.md',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandParameters: true,
    indexFormat: 'table',
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    classPropertiesFormat: 'table',
    typeAliasPropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    propertyMembersFormat: 'table',
    typeDeclarationVisibility: 'compact',
    tableColumnSettings: { hideDefaults: true, hideInherited: true, hideModifiers: true, hideOverrides: true },
    pageTitleTemplates: { index: 'API', module: ({ rawName }) => rawName },
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    nameEntries(project);
  });
  // After TypeDoc has given parameters the names that comments give them
  app.converter.on(Converter.EVENT_RESOLVE_END, (context) => {
    for (const reflection of Object.values(context.project.reflections)) {
      if (reflection.kind === ReflectionKind.TypeParameter) nameConstraint(reflection, context);
      if (reflection.kind === ReflectionKind.Parameter) nameParameter(reflection);
      if (reflection.comment) prepareComment(reflection.comment);
    }
  });
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    page.contents = `---\npageClass: api\n---\n\n${listReferences(withoutInheritance(page.contents))}`;
  });
  const project = await app.convert();
  if (project) {
    app.validate(project);
    await app.generateOutputs(project);
  }
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error(
      'TypeDoc reported what stands above. A type "not included in the documentation" is to be exported by an entry, or, where it only computes ' +
        'another type, named in HELPER_TYPES (site/api.mjs)',
    );
}

/** Entries are called by what users import. */
function nameEntries(project) {
  const specifiers = new Map([...ENTRIES].map(([specifier, source]) => [source, specifier]));
  for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
    module.name = specifiers.get(
      module.sources?.[0]?.fullFileName ?? project.getSymbolIdFromReflection(module)?.fileName,
    );
    if (!module.comment) throw new Error(`${module.name}: expected a comment with @module at the head of its file`);
  }
}

/** A parameter that is taken apart in the signature has no name there: it is called after its type. */
function nameParameter(parameter) {
  if (parameter.name !== '__namedParameters') return;
  const type = parameter.type?.name ?? 'Options';
  const [noun] = type.match(/[A-Z][a-z0-9]*$/) ?? ['Options'];
  parameter.name = type === 'Pick' ? 'parts' : noun.toLowerCase();
}

/** `O extends OpName` as it is written, where TypeDoc lists all ops. */
function nameConstraint(parameter, context) {
  const constraint = context.getSymbolFromReflection(parameter)?.declarations?.[0]?.constraint?.getText();
  const alias = context.project
    .getReflectionsByKind(ReflectionKind.TypeAlias)
    .find(({ name: alias }) => alias === constraint);
  if (alias) parameter.type = ReferenceType.createResolvedReference(alias.name, alias, context.project);
}

function prepareComment(comment) {
  comment.summary = comment.summary.map((part) =>
    part.kind === 'text' ? { ...part, text: fenceEquations(part.text) } : part,
  );
  for (const tag of comment.blockTags)
    if (tag.tag === '@throws' && tag.typeAnnotation) {
      const errors = tag.typeAnnotation.replace(/^\{|\}$/g, '');
      tag.content.unshift({ kind: 'code', text: `\`${errors}\`` }, { kind: 'text', text: ' ' });
    }
}

/** Indented lines are equations: as they stand, where Markdown would run them into the prose. */
function fenceEquations(text) {
  const blocks = [];
  for (const line of text.split('\n')) {
    const isEquation = /^ {2,}\S/.test(line) && !/^\s*[-*] /.test(line);
    const last = blocks.at(-1);
    // Indented below a list is the list's
    if (isEquation && last && !last.isEquation && /^\s*([-*]|\d+\.) /.test(last.lines.at(-1))) last.lines.push(line);
    else if (last && last.isEquation === isEquation) last.lines.push(line);
    else blocks.push({ isEquation, lines: [line] });
  }
  return blocks
    .map(({ isEquation, lines }) => (isEquation ? ['', '```text', ...lines.map((l) => l.slice(2)), '```', ''] : lines))
    .flat()
    .join('\n');
}

/** Where a method comes from is of no use where it stands in full. */
const withoutInheritance = (contents) =>
  contents.replace(/^#+ (?:Inherited from|Overrides|Extended by)\n\n(?:.+\n)+\n?/gm, '');

/** What an entry exports of another is one list before the rest, not a heading each. */
function listReferences(contents) {
  const [own, references] = contents.split(/^## References\n/m);
  if (references === undefined) return contents;
  const links = [...references.matchAll(/^Re-exports (\[.*\]\(.*\))$/gm)].map(([, link]) => link);
  const first = /^## /m.exec(own)?.index ?? own.length;
  return `${own.slice(0, first)}\n## Exported from other entries\n\n${links.join(' · ')}\n\n${own.slice(first)}`;
}
