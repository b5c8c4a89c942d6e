/** Which images are read, and what happens to the rest, for the help of verbs that take images. */

export const IMAGE_NOTES = `
Images are JPEG (.jpg, .jpeg, .jpe, .jfif), PNG, WebP, AVIF, GIF and TIFF (the first frame or page), BMP, PGM, PPM and PBM; HEIC too,
where the npm package heic-decode is installed. A file that is named is tried whatever its extension; of a folder, files with these
extensions are taken, at any depth. Everything else there is skipped and counted at the end: other files, pictures in formats
that are not read, hidden and system files (._x, Thumbs.db, __MACOSX, @eaDir), links to nothing and to what is there already. A
truncated or damaged image is an error; with --lenient what there is of it is read. "-" is an image on standard input.`;
