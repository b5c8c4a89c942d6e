/** The drawn face that the page offers to those who have no photo at hand. */
import address from '../../../../docs/pictures/face.svg?url';

export async function drawnFace(): Promise<File> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [1000, 1120];
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob>((resolve, reject) =>
    canvas.toBlob(
      (made) => (made ? resolve(made) : reject(new Error('the drawing cannot be drawn here'))),
      'image/png',
    ),
  );
  return new File([blob], 'drawn face.png', { type: 'image/png' });
}
