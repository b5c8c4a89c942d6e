/** Rows as a table to read: columns as wide as their widest cell, numbers to the right. */

type Cell = string | number | null;

/** @param rows all with the same keys; null is shown as "-", fractions with 3 significant digits */
export function formatTable(rows: readonly Readonly<Record<string, Cell>>[]): string {
  const keys = Object.keys(rows[0] ?? {});
  const columns = keys.map((key) => {
    const cells = [key, ...rows.map((row) => formatCell(row[key] ?? null))];
    const width = Math.max(...cells.map((cell) => cell.length));
    const isText = rows.some((row) => typeof row[key] === 'string');
    return cells.map((cell) => (isText ? cell.padEnd(width) : cell.padStart(width)));
  });
  return Array.from({ length: rows.length + 1 }, (_, i) =>
    columns
      .map((column) => column[i])
      .join('  ')
      .trimEnd(),
  ).join('\n');
}

function formatCell(value: Cell): string {
  if (typeof value !== 'number') return value ?? '-';
  return Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
