/**
 * The service worker: the page works without a network after the first visit. What the build made is kept when the page
 * is first opened, ONNX Runtime's WebAssembly when it is first fetched; models are kept by the library itself
 * (`fetchAssets`). Nothing else is touched.
 */
const VERSION = __VERSION__;
const SHELL = __SHELL__;
const RUNTIME = __RUNTIME__;

const SHELL_CACHE = `mien-shell-${VERSION}`;
const RUNTIME_CACHE = 'mien-runtime';
const scope = self.registration.scope;
const addressOf = (file) => new URL(file, scope).href;
const shell = new Set(SHELL.map(addressOf));
const runtime = new Set(RUNTIME.map(addressOf));

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL_CACHE)
      .then((cache) => cache.addAll(SHELL.map((file) => new Request(addressOf(file), { cache: 'no-cache' })))),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith('mien-shell-') && name !== SHELL_CACHE) await caches.delete(name);
      const kept = await caches.open(RUNTIME_CACHE);
      for (const request of await kept.keys()) if (!runtime.has(request.url)) await kept.delete(request);
      await self.clients.claim();
    })(),
  );
});

// The page asks for this when the user wants the version that is waiting
self.addEventListener('message', (event) => {
  if (event.data === 'skip-waiting') self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  const address = url.href === scope ? addressOf('index.html') : url.href;
  if (shell.has(address)) event.respondWith(fromShell(address, request));
  else if (runtime.has(address)) event.respondWith(fromRuntime(request));
});

async function fromShell(address, request) {
  return (await (await caches.open(SHELL_CACHE)).match(address)) ?? fetch(request);
}

async function fromRuntime(request) {
  const cache = await caches.open(RUNTIME_CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  // A full disk is not a reason to fail
  if (response.ok) await cache.put(request, response.clone()).catch(() => undefined);
  return response;
}
