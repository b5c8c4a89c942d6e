/** Columns of numbers that grow. */

/** @returns a copy twice as long, zeros at its end */
export function growColumn<A extends Int32Array | Float64Array>(column: A): A {
  const grown = new (column.constructor as new (length: number) => A)(column.length * 2);
  grown.set(column);
  return grown;
}
