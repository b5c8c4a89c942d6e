/** Figures for Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Gauges {
  /** Photos in work and waiting. */
  readonly load: () => number;
  readonly refused: () => number;
  /** Items of jobs. */
  readonly open: () => Promise<{ readonly queued: number; readonly running: number }>;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Histogram({
    name: 'mien_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers: [this.#registry],
  });
  readonly #photos = new Counter({
    name: 'mien_photos_total',
    help: 'Photos by what came of them',
    labelNames: ['lane', 'outcome'],
    registers: [this.#registry],
  });

  constructor({ load, refused, open }: Gauges) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    new Gauge({
      name: 'mien_photos_waiting',
      help: 'Photos in work and waiting',
      registers,
      collect() {
        this.set(load());
      },
    });
    new Gauge({
      name: 'mien_requests_refused',
      help: 'Requests to recognise that were answered 503 since the start',
      registers,
      collect() {
        this.set(refused());
      },
    });
    new Gauge({
      name: 'mien_job_items',
      help: 'Items of jobs that are not finished',
      labelNames: ['state'],
      registers,
      async collect() {
        const { queued, running } = await open();
        this.set({ state: 'queued' }, queued);
        this.set({ state: 'running' }, running);
      },
    });
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status }, seconds);
  }

  photo(lane: 'request' | 'job', isOk: boolean): void {
    this.#photos.inc({ lane, outcome: isOk ? 'done' : 'failed' });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In Prometheus's text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
