/** What is told of faces that are looked for in the images of data. */
import type { RecordImagesOptions } from 'mienjs/data/node';
import { log, Progress } from '../output.ts';

/** What is shown while faces are found in the images of a split, and said after it. @param path of the data */
export function facesOf(path: string): NonNullable<RecordImagesOptions['onFace']> {
  let bar: Progress | undefined;
  const said = new Set<string>();
  return (found, done, total) => {
    bar ??= new Progress('faces', total);
    bar.update(done);
    if (done < total) return;
    bar.finish();
    bar = undefined;
    const note = `${path}: no face found in ${total - found} of ${total} images`;
    if (found < total && !said.has(note)) log(note);
    said.add(note);
  };
}
