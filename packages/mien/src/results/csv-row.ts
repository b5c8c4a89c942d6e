/** Rows of comma-separated values as RFC 4180 has them, written and read back exactly. */

export function joinRow(cells: readonly (string | number | undefined)[]): string {
  return cells.map((cell) => quote(String(cell ?? ''))).join(',');
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** @returns the cells; undefined where a quote is open */
export function splitRow(row: string): string[] | undefined {
  const cells: string[] = [];
  for (let at = 0; at <= row.length;) {
    if (row[at] !== '"') {
      const end = row.indexOf(',', at);
      cells.push(row.slice(at, end < 0 ? row.length : end));
      at = end < 0 ? row.length + 1 : end + 1;
      continue;
    }
    let cell = '';
    for (at++; ; at++) {
      if (at >= row.length) return undefined;
      if (row[at] !== '"') cell += row[at]!;
      else if (row[at + 1] === '"') cell += row[at++]!;
      else break;
    }
    cells.push(cell);
    at += 2;
  }
  return cells;
}
