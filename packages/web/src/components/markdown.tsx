/** Instructions as they are written: the part of Markdown that people use for them. Nothing in it becomes HTML. */
import { Fragment, type ReactNode } from 'react';

const INLINE = /\*\*(.+?)\*\*|__(.+?)__|\*(.+?)\*|`([^`]+)`|\[([^\]]+)\]\((https?:[^\s)]+)\)/;

function inline(text: string): ReactNode {
  const found = INLINE.exec(text);
  if (!found) return text;
  const [whole, bold, bolder, italic, code, label, address] = found;
  const strong = bold ?? bolder;
  return (
    <>
      {text.slice(0, found.index)}
      {strong !== undefined ? (
        <strong>{inline(strong)}</strong>
      ) : italic !== undefined ? (
        <em>{inline(italic)}</em>
      ) : code !== undefined ? (
        <code>{code}</code>
      ) : (
        <a href={address} target="_blank" rel="noreferrer">
          {label}
        </a>
      )}
      {inline(text.slice(found.index + whole.length))}
    </>
  );
}

const BULLET = /^\s*[-*+]\s+/;
const NUMBER = /^\s*\d+[.)]\s+/;

function block(lines: readonly string[]): ReactNode {
  const [first = ''] = lines;
  const heading = /^(#{1,6})\s+(.*)$/.exec(first);
  if (heading)
    return (
      <>
        <h3>{inline(heading[2]!)}</h3>
        {lines.length > 1 && block(lines.slice(1))}
      </>
    );
  const start = lines.findIndex((line) => BULLET.test(line) || NUMBER.test(line));
  if (start < 0) return <p>{inline(lines.join(' '))}</p>;
  if (start > 0)
    return (
      <>
        {block(lines.slice(0, start))}
        {block(lines.slice(start))}
      </>
    );
  const mark = BULLET.test(first) ? BULLET : NUMBER;
  const items: string[] = [];
  for (const line of lines)
    if (mark.test(line)) items.push(line.replace(mark, ''));
    else items.push(`${items.pop()!} ${line.trim()}`);
  const List = mark === BULLET ? 'ul' : 'ol';
  return (
    <List>
      {items.map((item, i) => (
        <li key={i}>{inline(item)}</li>
      ))}
    </List>
  );
}

export function Markdown({ text }: { readonly text: string }) {
  const blocks = text
    .replaceAll('\r', '')
    .split(/\n\s*\n/)
    .map((part) => part.split('\n').filter((line) => line.trim() !== ''))
    .filter((lines) => lines.length > 0);
  return (
    <div className="markdown">
      {blocks.map((lines, i) => (
        <Fragment key={i}>{block(lines)}</Fragment>
      ))}
    </div>
  );
}
