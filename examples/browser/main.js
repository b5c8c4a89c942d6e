// Expressions of every face in a photo or before the camera, without a picture leaving the browser.
import { createRecognizer, decodeImage } from 'mienjs';

const [camera, file, picture, status] = ['camera', 'file', 'picture', 'status'].map((id) =>
  document.getElementById(id),
);
const context = picture.getContext('2d');
const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
const percent = (p) => `${Math.round(100 * p)} %`;

/** Recognises the faces of a picture, and draws it with them. */
async function show(bitmap, recognizer) {
  const started = performance.now();
  const { faces } = await recognizer.recognize(await decodeImage(bitmap));
  const elapsedMs = performance.now() - started;
  [picture.width, picture.height] = [bitmap.width, bitmap.height];
  context.drawImage(bitmap, 0, 0);
  const size = Math.max(14, bitmap.width / 50);
  context.font = `${size}px system-ui, sans-serif`;
  context.lineWidth = size / 6;
  for (const { box, top, confidence } of faces) {
    const text = ` ${top} ${percent(confidence)} `;
    const y = Math.max(box.y, 1.4 * size);
    context.strokeStyle = context.fillStyle = '#1769aa';
    context.strokeRect(box.x, box.y, box.width, box.height);
    context.fillRect(box.x - size / 12, y - 1.4 * size, context.measureText(text).width, 1.4 * size);
    context.fillStyle = 'white';
    context.fillText(text, box.x, y - 0.4 * size);
  }
  status.value = `${faces.length} ${faces.length === 1 ? 'face' : 'faces'}, ${elapsedMs.toFixed(0)} ms`;
}

async function follow(recognizer) {
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' } });
  await video.play();
  camera.textContent = 'Stop the camera';
  while (video.srcObject) {
    await show(await createImageBitmap(video), recognizer);
    await new Promise(requestAnimationFrame);
  }
}

function stop() {
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  camera.textContent = 'Start the camera';
}

const report = (error) => {
  status.value = error.message;
};
try {
  const recognizer = await createRecognizer({ assets: 'mien/' });
  camera.onclick = () => {
    if (video.srcObject) stop();
    else
      follow(recognizer).catch((error) => {
        stop();
        report(error);
      });
  };
  file.onchange = () => {
    stop();
    if (file.files.length > 0)
      createImageBitmap(file.files[0])
        .then((bitmap) => show(bitmap, recognizer))
        .catch(report);
  };
  camera.disabled = file.disabled = false;
  status.value = 'Ready.';
} catch (error) {
  report(error);
}
