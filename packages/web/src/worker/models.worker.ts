/** The only place where models run: a worker, so that the page never waits. */
import { decodeImage, InputError, MienError, type RawImage, Recognizer } from 'mienjs';
import type { ActionUnitEstimator } from 'mienjs/animate';
import { fetchAssets, loadClassifier } from 'mienjs/browser';
import {
  type Face,
  FaceNetworks,
  type FaceTracker,
  type CanonicalFace,
  joined,
  MeshReconstructor,
  recenter,
} from 'mienjs/face';
import { encodeGlb, pointsOf } from 'mienjs/geometry';
import { invert } from 'mienjs/image';
import { cutFace, explainFace, type ExpressionClassifier, faceFilesOf, framingOf } from 'mienjs/predict';
import type { SessionOptions } from 'mienjs/runtime';
import wasmAddress from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type {
  CallName,
  Calls,
  FromWorker,
  ImageRequest,
  Loaded,
  LoadRequest,
  Reading,
  ReadOptions,
  Saliency,
  Surface,
  ToWorker,
} from './protocol.ts';
import { imageDataOf } from './shapes.ts';

/** As the service worker calls it. */
const RUNTIME_CACHE = 'mien-runtime';

interface Models {
  readonly recognizer: Recognizer;
  readonly classifier: ExpressionClassifier;
  readonly canonical: CanonicalFace;
}

let models: Models | undefined;
let tracker: FaceTracker | undefined;
/** The image that was read last: explaining it does not decode it again. */
let last: { readonly key: string; readonly image: RawImage } | undefined;

type Handlers = { [N in CallName]: (request: Calls[N]['request']) => Promise<Calls[N]['response']> };

const handlers: Handlers = {
  load,
  read,
  track,
  canonical: () => Promise.resolve(loaded().canonical),
  explain,
  surface,
  glb,
  preview,
};

const scope = globalThis as unknown as DedicatedWorker;
interface DedicatedWorker {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
}

/** One after the other: all of them use the same networks. */
let queue: Promise<void> = Promise.resolve();
scope.onmessage = ({ data }) => {
  queue = queue.then(() => answer(data));
};

async function answer({ id, name, request }: ToWorker): Promise<void> {
  try {
    const response = await (handlers[name] as (request: unknown) => Promise<unknown>)(request);
    scope.postMessage({ kind: 'done', id, response });
  } catch (error) {
    scope.postMessage({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

async function load({ device, model, isAccurate, assets: address }: LoadRequest): Promise<Loaded> {
  const [files, runtime] = [new Progress(), new Progress()];
  const report = (): void =>
    scope.postMessage({
      kind: 'progress',
      loadedBytes: files.loaded + runtime.loaded,
      totalBytes: files.total + runtime.total,
    });
  const assets = await fetchAssets(address, {
    onProgress(loaded, total) {
      Object.assign(files, { loaded, total });
      report();
    },
  });
  const views = isAccurate ? 'mirror' : 'single';
  const open = async (options: SessionOptions): Promise<Models> => {
    const networks = new FaceNetworks(faceFilesOf(assets));
    const [classifier, detector, mesher, canonical] = await Promise.all([
      loadClassifier(assets, model, { ...options, views }),
      networks.detector(options),
      networks.mesher(options),
      networks.canonicalFace(),
    ]);
    return {
      recognizer: new Recognizer({ classifier, detector, mesher, canonicalFace: canonical }),
      classifier,
      canonical,
    };
  };
  await models?.recognizer.release();
  [models, tracker, last] = [undefined, undefined, undefined];

  let note: string | undefined;
  let used: 'wasm' | 'webgpu' = 'wasm';
  if (device !== 'wasm') {
    const reason = await whyNoWebGpu(device);
    if (reason === undefined) {
      try {
        models = await open({ device: 'webgpu' });
        used = 'webgpu';
        for (const { name } of performance.getEntriesByType('resource'))
          if (name.endsWith('.wasm')) void keepRuntime(name, () => fetch(name));
      } catch (error) {
        note = `WebGPU failed (${(error as Error).message}); WebAssembly is used instead.`;
      }
    } else if (device === 'webgpu') note = `${reason}; WebAssembly is used instead.`;
  }
  if (!models) {
    await loadWebAssembly(runtime, report);
    models = await open({ device: 'cpu' });
  }
  const [head] = models.classifier.model.heads;
  return {
    device: used,
    threads: used === 'wasm' ? wasmThreads() : 1,
    model,
    classes: models.recognizer.classes,
    uncertainBelow: head?.uncertainBelow,
    triangles: models.canonical.triangles,
    ...(note === undefined ? {} : { note }),
  };
}

class Progress {
  loaded = 0;
  total = 0;
}

/** As many as ONNX Runtime takes by itself: half the cores, four at most, where the page is isolated. */
const wasmThreads = (): number =>
  globalThis.crossOriginIsolated ? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2)) : 1;

/** The part of WebGPU that is looked at here. */
interface Gpu {
  requestAdapter(): Promise<{
    readonly info?: { readonly isFallbackAdapter?: boolean; readonly architecture?: string };
  } | null>;
}

async function whyNoWebGpu(device: 'auto' | 'webgpu'): Promise<string | undefined> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (!gpu) return 'This browser has no WebGPU';
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) return 'WebGPU finds no graphics processor here';
  // Where the processor stands in for the graphics processor, WebAssembly is many times faster
  const isSoftware = adapter.info?.isFallbackAdapter === true || adapter.info?.architecture === 'swiftshader';
  return device === 'auto' && isSoftware ? 'WebGPU has no graphics processor here' : undefined;
}

/** Gives ONNX Runtime its WebAssembly, so that the page can say how much of it has arrived. */
async function loadWebAssembly(progress: Progress, report: () => void): Promise<void> {
  const { env } = await import('onnxruntime-web/wasm');
  if (env.wasm.wasmBinary) return;
  const response = await fetch(wasmAddress);
  if (!response.ok || !response.body) throw new InputError(wasmAddress, `cannot be fetched: ${response.status}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  // The header counts compressed bytes where the server compresses
  const isPlain = !response.headers.get('content-encoding');
  progress.total = isPlain ? Number(response.headers.get('content-length') ?? 0) : 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    progress.loaded += value.length;
    progress.total = Math.max(progress.total, progress.loaded);
    report();
  }
  const binary = new Blob(parts, { type: 'application/wasm' });
  // Nothing waits for it
  void keepRuntime(response.url, () => Promise.resolve(new Response(binary)));
  env.wasm.wasmBinary = await binary.arrayBuffer();
}

/**
 * Keeps a file of ONNX Runtime for visits without a network: the service worker does for what passes through it, which a file
 * that is fetched before it is ready does not.
 */
async function keepRuntime(address: string, load: () => Promise<Response>): Promise<void> {
  if (!import.meta.env.PROD || !('caches' in globalThis)) return;
  try {
    const cache = await caches.open(RUNTIME_CACHE);
    if (await cache.match(address)) return;
    const response = await load();
    if (response.ok) await cache.put(address, response);
  } catch {
    // A full disk, or a window without storage: the page then works with a network only
  }
}

function loaded(): Models {
  if (!models) throw new MienError('the models are not loaded');
  return models;
}

async function imageOf({ key, name, file }: ImageRequest): Promise<RawImage> {
  if (last?.key === key) return last.image;
  if (!file) throw new InputError(name, 'is no longer at hand');
  last = undefined;
  const image = await decodeImage(file, { label: name });
  last = { key, image };
  return image;
}

async function read(request: Calls['read']['request']): Promise<Reading> {
  const { recognizer } = loaded();
  const image = await imageOf(request);
  const started = performance.now();
  return readingOf(image, await recognizer.findFaces(image), request, started);
}

async function track({ frame, key, isFirst, ...options }: Calls['track']['request']): Promise<Reading> {
  const { recognizer } = loaded();
  let image: RawImage;
  try {
    image = await decodeImage(frame, { label: 'frame' });
  } finally {
    frame.close();
  }
  if (isFirst || !tracker) tracker = recognizer.createTracker({ searchEvery: 30 });
  last = { key, image };
  const started = performance.now();
  const faces = await tracker.track(image);
  return { ...(await readingOf(image, faces, options, started)), searches: tracker.searches };
}

let estimating: Promise<ActionUnitEstimator> | undefined;

/** Its basis is fetched when it is first asked for. */
function unitEstimator(): Promise<ActionUnitEstimator> {
  return (estimating ??= import('mienjs/animate')
    .then(({ ActionUnitEstimator: Estimator }) => Estimator.create(loaded().canonical))
    .catch((error: unknown) => {
      // Asked for again with the next photo
      estimating = undefined;
      throw error;
    }));
}

async function readingOf(
  image: RawImage,
  faces: readonly (Face & { readonly id?: number })[],
  { actionUnits }: ReadOptions,
  started: number,
): Promise<Reading> {
  const predictions = await loaded().recognizer.predictFaces(image, faces);
  const estimator = actionUnits ? await unitEstimator() : undefined;
  return {
    width: image.width,
    height: image.height,
    faces: faces.map(({ id, mesh }, i) => ({
      ...(id === undefined ? {} : { id }),
      prediction: { ...predictions[i]!, ...(estimator ? { actionUnits: estimator.estimate(mesh.points) } : {}) },
      mesh: Float32Array.from(mesh.points.flat()),
    })),
    elapsedMs: performance.now() - started,
  };
}

/** Colors of parts that speak for the expression, and against it: the ends of ColorBrewer's "RdBu". */
const FOR = [178, 24, 43] as const;
const AGAINST = [33, 102, 172] as const;
/** Opacity of the strongest part. */
const STRONGEST = 205;
/** Values of a saliency map for each pixel of the network's input, on a side. */
const FINENESS = 4;

async function explain({ face, ...request }: Calls['explain']['request']): Promise<Saliency> {
  const { classifier } = loaded();
  const image = await imageOf(request);
  const { landmarks, top } = face.prediction;
  const { image: chip, transform } = cutFace(image, landmarks, framingOf(classifier.preprocess, classifier.model.name));
  const takesLandmarks = Object.values(classifier.inputs).some(({ kind }) => kind === 'landmarks');
  const { maps, width, height } = await explainFace(classifier, chip, {
    expression: top,
    ...(takesLandmarks
      ? {
          landmarks: landmarks.map(([x, y]) => {
            const [a, b, tx, c, d, ty] = transform;
            return [a * x + b * y + tx, c * x + d * y + ty] as const;
          }),
        }
      : {}),
  });
  const range = maps.drop.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
  const map = new ImageData(width * FINENESS, height * FINENESS);
  for (let y = 0; y < map.height; y++)
    for (let x = 0; x < map.width; x++) {
      const value = valueAt(maps.drop, width, height, (x + 0.5) / FINENESS - 0.5, (y + 0.5) / FINENESS - 0.5) / range;
      map.data.set([...(value > 0 ? FOR : AGAINST), STRONGEST * Math.min(1, Math.abs(value))], 4 * (y * map.width + x));
    }
  // The network's input may be the middle of the chip
  const [left, top_] = [(chip.width - width) / 2, (chip.height - height) / 2];
  const [a, b, tx, c, d, ty] = invert(transform);
  return {
    expression: top,
    map,
    toImage: [
      a / FINENESS,
      b / FINENESS,
      tx + a * left + b * top_,
      c / FINENESS,
      d / FINENESS,
      ty + c * left + d * top_,
    ],
    range,
  };
}

/** Bilinear, edge values continued. */
function valueAt(values: ArrayLike<number>, width: number, height: number, x: number, y: number): number {
  const u = Math.min(Math.max(x, 0), width - 1.001);
  const v = Math.min(Math.max(y, 0), height - 1.001);
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [fu, fv] = [u - i, v - j];
  const row = (k: number): number => values[k * width + i]! * (1 - fu) + values[k * width + i + 1]! * fu;
  return row(j) * (1 - fv) + row(j + 1) * fv;
}

async function surface({ face, ...request }: Calls['surface']['request']): Promise<Surface> {
  const { canonical } = loaded();
  const image = await imageOf(request);
  const reconstruction = new MeshReconstructor(canonical).reconstructMesh(image, pointsOf(face.mesh));
  const { positions, pose, visibleShare } = recenter(image, reconstruction, canonical);
  return {
    positions,
    triangles: joined(reconstruction.triangles, reconstruction.openings),
    colors: reconstruction.colors,
    visible: reconstruction.visible,
    yawDeg: pose.yawDeg,
    pitchDeg: pose.pitchDeg,
    rollDeg: pose.rollDeg,
    visibleShare,
  };
}

/** The file's meters per cm. */
const METERS_PER_CM = 0.01;

async function glb(request: Calls['glb']['request']): Promise<Uint8Array> {
  const { positions, triangles, colors } = await surface(request);
  return encodeGlb([{ name: 'face', positions, triangles, colors }], METERS_PER_CM);
}

async function preview(request: ImageRequest): Promise<Blob> {
  const pixels = imageDataOf(await imageOf(request));
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}
