/** Heads of a table's columns of numbers. */
export function NumberHeads({ names }: { readonly names: readonly string[] }) {
  return names.map((name) => (
    <th key={name} scope="col" className="is-number">
      {name}
    </th>
  ));
}
