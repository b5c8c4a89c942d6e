/** All routes: to stand in this list is to be served, documented and walked by the test of rights. */
import type { Route } from '../http/route.ts';
import { accessRoutes } from './access.ts';
import { exportRoutes } from './annotation-export.ts';
import { annotationRoutes } from './annotation.ts';
import { imageRoutes } from './images.ts';
import { jobRoutes } from './jobs.ts';
import { memberRoutes } from './members.ts';
import { modelRoutes } from './models.ts';
import { projectRoutes } from './projects.ts';
import { qualityRoutes } from './quality.ts';
import { recognizeRoutes } from './recognize.ts';
import { runRoutes } from './runs.ts';
import { serverRoutes } from './server.ts';

export const ROUTES: readonly Route[] = [
  ...recognizeRoutes,
  ...jobRoutes,
  ...projectRoutes,
  ...imageRoutes,
  ...memberRoutes,
  ...annotationRoutes,
  ...qualityRoutes,
  ...exportRoutes,
  ...modelRoutes,
  ...runRoutes,
  ...accessRoutes,
  ...serverRoutes,
];
