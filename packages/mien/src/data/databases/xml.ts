/** Elements of small XML files, wherever they stand in the tree. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { InputError } from '../../errors.ts';
import { readText } from '../../files/index.ts';

export interface XmlElement {
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements of this name inside, at any depth, in the order of the file. */
  all(name: string): XmlElement[];
}

type Tree = readonly Readonly<Record<string, unknown>>[];

const ATTRIBUTES = ':@';
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
});

/** @throws {InputError} naming the file, and the line where it is not well formed */
export async function readXml(file: string): Promise<XmlElement> {
  const text = await readText(file);
  const checked = XMLValidator.validate(text);
  if (checked !== true)
    throw new InputError(`${file}:${checked.err.line}`, `is not well-formed XML: ${checked.err.msg}`);
  return element({}, parser.parse(text) as Tree);
}

/** In the parser's ordered form a node is { name: children, ':@': attributes }. */
function element(attributes: Readonly<Record<string, string>>, children: Tree): XmlElement {
  return {
    attributes,
    all: (name) =>
      children.flatMap((node) =>
        Object.entries(node)
          .filter(([key, inner]) => key !== ATTRIBUTES && Array.isArray(inner))
          .flatMap(([key, inner]) => {
            const found = element((node[ATTRIBUTES] ?? {}) as Record<string, string>, inner as Tree);
            return key === name ? [found, ...found.all(name)] : found.all(name);
          }),
      ),
  };
}
