/** Starts the page, the service worker that lets it work without a network, and what waits for a server of Mien. */
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/shell.css';
import './styles/recognize.css';
import './styles/pages.css';
import './styles/annotate.css';
import './styles/projects.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { followAccount } from './annotate/labels.ts';
import { App } from './app.tsx';
import { keepForOffline } from './offline.ts';
import { readAccount } from './state/account.ts';

keepForOffline();
followAccount();
void readAccount();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
