/** The service worker: registered in builds, and a word when a newer version of the page is there. */
import { Store } from './state/store.ts';

export const update = new Store<{ readonly waiting: ServiceWorker | undefined }>({ waiting: undefined });

export function keepForOffline(): void {
  const workers = (navigator as { serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!workers || !import.meta.env.PROD) return;
  workers.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' }).then(
    (registration) => {
      const look = (): void => {
        if (registration.waiting && workers.controller) update.set({ waiting: registration.waiting });
      };
      look();
      registration.addEventListener('updatefound', () =>
        registration.installing?.addEventListener('statechange', look),
      );
    },
    // Where it is not allowed (private windows of some browsers) the page works with a network only
    () => undefined,
  );
}

/** Takes the version that is waiting, and loads the page anew. */
export function takeUpdate(waiting: ServiceWorker): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  waiting.postMessage('skip-waiting');
}
