/** Whether the server is well, and its figures. */
import { healthSchema } from '../contract/index.ts';
import { route } from '../http/route.ts';

export const serverRoutes = [
  route({
    method: 'GET',
    path: '/health',
    summary: 'Whether the server is well',
    tag: 'server',
    needs: 'public',
    answers: {
      200: { description: 'it is', schema: healthSchema },
      503: { description: 'it stops, or its database does not answer', schema: healthSchema },
    },
    async handle({ reply }, { store, version, recognition, isStopping }) {
      const status = isStopping()
        ? 'stopping'
        : await store.ping().then(
            () => 'ok' as const,
            () => 'failing' as const,
          );
      if (status !== 'ok') reply.code(503);
      return { status, version, model: recognition.model };
    },
  }),
  route({
    method: 'GET',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    tag: 'server',
    needs: 'metrics.read',
    answers: { 200: { description: "figures in Prometheus's text format", contentTypes: ['text/plain'] } },
    async handle({ reply }, { metrics }) {
      await reply.header('content-type', metrics.contentType).send(await metrics.text());
    },
  }),
];
