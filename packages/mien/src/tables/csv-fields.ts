/** The fields of one line of CSV. */

/**
 * Splits a line at its commas; a field in double quotes may hold commas, and doubled quotes for one. Spaces around a
 * field are dropped. A field does not go over several lines.
 * @returns undefined when the quotes do not match
 */
export function splitCsv(text: string): string[] | undefined {
  if (!text.includes('"')) return text.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  let at = 0;
  while (at <= text.length) {
    const rest = text.slice(at);
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?=,|$)/.exec(rest);
    const raw = quoted ? quoted[0] : /^[^,]*/.exec(rest)![0];
    if (!quoted && raw.includes('"')) return undefined;
    cells.push((quoted ? quoted[1]!.replaceAll('""', '"') : raw).trim());
    at += raw.length + 1;
  }
  return cells;
}

/** Fields as one line of CSV, in quotes where needed. */
export function joinCsv(fields: readonly (string | number)[]): string {
  return fields
    .map((field) =>
      /[",\r\n]|^\s|\s$/.test(String(field)) ? `"${String(field).replaceAll('"', '""')}"` : String(field),
    )
    .join(',');
}
