/** The models' state: loading, ready, failed; and the one worker that has them. */
import { ModelClient } from '../worker/client.ts';
import type { Loaded } from '../worker/protocol.ts';
import { settings } from './settings.ts';
import { Store } from './store.ts';

export type ModelsState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'loading'; readonly loadedBytes: number; readonly totalBytes: number }
  | { readonly kind: 'ready'; readonly loaded: Loaded }
  | { readonly kind: 'failed'; readonly message: string };

export const models = new Store<{ readonly state: ModelsState }>({ state: { kind: 'idle' } });

let client: ModelClient | undefined;
let loading: Promise<ModelClient> | undefined;
let loadedAs = '';

/** The settings that models depend on. */
function wanted(): {
  readonly device: 'auto' | 'wasm' | 'webgpu';
  readonly model: string;
  readonly isAccurate: boolean;
} {
  const { device, model, isAccurate } = settings.get();
  return { device, model, isAccurate };
}

/** The worker with the models that the settings ask for; loads them when they are first needed, or others are asked. */
export function modelClient(): Promise<ModelClient> {
  const request = wanted();
  const key = JSON.stringify(request);
  if (loading && loadedAs === key) return loading;
  loadedAs = key;
  models.set({ state: { kind: 'loading', loadedBytes: 0, totalBytes: 0 } });
  client ??= new ModelClient((loadedBytes, totalBytes) => {
    if (models.get().state.kind === 'loading') models.set({ state: { kind: 'loading', loadedBytes, totalBytes } });
  });
  const own = client;
  const attempt = isServedOffline()
    .then(() => own.call('load', { ...request, assets: new URL('mien/', document.baseURI).href }, { priority: 9 }))
    .then((loaded) => {
      if (loadedAs === key) models.set({ state: { kind: 'ready', loaded } });
      return own;
    });
  attempt.catch((error: Error) => {
    if (loadedAs !== key) return;
    models.set({ state: { kind: 'failed', message: error.message } });
    [loading, loadedAs] = [undefined, ''];
  });
  loading = attempt;
  return attempt;
}

/** Longest wait for the service worker, ms: without it everything works, but not without a network. */
const LONGEST_WAIT_MS = 8000;

/** Resolves when a service worker keeps what is fetched from here on, or there will be none. */
function isServedOffline(): Promise<void> {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!workers || workers.controller || !import.meta.env.PROD) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      workers.removeEventListener('controllerchange', done);
      resolve();
    };
    const timer = setTimeout(done, LONGEST_WAIT_MS);
    workers.addEventListener('controllerchange', done);
    void workers.getRegistration().then((registration) => {
      if (!registration) done();
    });
  });
}
