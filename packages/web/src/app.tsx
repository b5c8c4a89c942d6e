/** The frame of all pages: name, pages, settings. */
import { type ComponentType, lazy, Suspense, useEffect, useRef } from 'react';
import { DeviceBadge } from './components/load-status.tsx';
import { SettingsDialog } from './components/settings-dialog.tsx';
import { ThemeMenu } from './components/theme-menu.tsx';
import { takeUpdate, update } from './offline.ts';
import { AboutPage } from './pages/about-page.tsx';
import { RecognizePage } from './pages/recognize/recognize-page.tsx';
import { type PageName, PAGES, usePlace } from './routes.ts';
import { account, useRights } from './state/account.ts';
import { useStore } from './state/store.ts';

const LAZY = {
  'explain-3d': lazy(() => import('./pages/explain-3d/explain-3d-page.tsx')),
  models: lazy(() => import('./pages/models/models-page.tsx')),
  annotate: lazy(() => import('./pages/annotate/annotate-page.tsx')),
  projects: lazy(() => import('./pages/projects/projects-page.tsx')),
};
/** What a page needs whoever sees it in the navigation to be allowed. */
const NEEDS = { annotate: 'annotate', projects: 'projects.manage' } as const;

export function App() {
  const { page, parts } = usePlace();
  const rights = useRights();
  const isSignInOffered = useStore(account, ({ session }) => session?.user === null);
  const main = useRef<HTMLElement>(null);
  const waiting = useStore(update, (value) => value.waiting);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = page === 'recognize' ? 'Mien' : `${PAGES[page].title} · Mien`;
    // Those who use a screen reader are told of the new page; at the first nothing has changed
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [page]);

  const isShown = (name: PageName): boolean => !(name in NEEDS) || rights.includes(NEEDS[name as keyof typeof NEEDS]);

  return (
    <div className="page">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the content
      </a>
      <header className="top">
        <a className="wordmark" href={PAGES.recognize.path} aria-label="Mien, start">
          <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
            <path d="M6 11q3.500-3 7-.5M19 9.500q3.500-1.500 7 1M8 20q5 5.500 10.500 3.500T25 16" />
          </svg>
          Mien
        </a>
        <nav className="tabs" aria-label="Pages">
          {(Object.keys(PAGES) as PageName[]).filter(isShown).map((name) => (
            <a key={name} href={PAGES[name].path} aria-current={name === page ? 'page' : undefined}>
              {PAGES[name].title}
            </a>
          ))}
        </nav>
        <div className="top-tools">
          <DeviceBadge />
          {isSignInOffered && (
            <a className="button is-plain" href="account">
              Sign in
            </a>
          )}
          <SettingsDialog />
          <ThemeMenu />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {waiting && (
          <p className="banner" role="status">
            A newer version of this page is there.{' '}
            <button type="button" className="button" onClick={() => takeUpdate(waiting)}>
              Load it
            </button>
          </p>
        )}
        {page === 'recognize' && <RecognizePage />}
        {page === 'about' && <AboutPage />}
        {page in LAZY && <LazyPage key={parts[0] ?? ''} name={page as keyof typeof LAZY} parts={parts} />}
      </main>
      <footer className="bottom">
        <p>Mien reports how an expression appears to others. It does not know what a person feels.</p>
      </footer>
    </div>
  );
}

function LazyPage({ name, parts }: { readonly name: keyof typeof LAZY; readonly parts: readonly string[] }) {
  const Page: ComponentType<{ readonly parts: readonly string[] }> = LAZY[name];
  return (
    <Suspense
      fallback={
        <p className="quiet page-wait" role="status">
          Opening …
        </p>
      }
    >
      <Page parts={parts} />
    </Suspense>
  );
}
