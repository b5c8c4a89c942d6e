/** How the models are doing: what has arrived of them, on what they run, or why they cannot. */
import { Progress } from 'radix-ui';
import { megabytes } from '../format.ts';
import { modelClient, models } from '../state/models.ts';
import { useStore } from '../state/store.ts';
import { Icon } from './icons.tsx';

/** A line for the header. */
export function DeviceBadge() {
  const state = useStore(models, (value) => value.state);
  if (state.kind !== 'ready') return null;
  const { device, threads } = state.loaded;
  const text = device === 'webgpu' ? 'WebGPU' : `WebAssembly, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  return (
    <span className="device" title={state.loaded.note ?? `The models run on this device: ${text}`}>
      {text}
    </span>
  );
}

/** The first load: nothing when the models are there. */
export function LoadStatus() {
  const state = useStore(models, (value) => value.state);
  if (state.kind === 'failed')
    return (
      <div className="banner is-error" role="alert">
        <Icon name="warning" />
        <p>The models could not be loaded. {state.message}</p>
        <button type="button" className="button" onClick={() => void modelClient().catch(() => undefined)}>
          Try again
        </button>
      </div>
    );
  if (state.kind === 'ready' && state.loaded.note !== undefined)
    return (
      <p className="banner">
        <Icon name="warning" /> {state.loaded.note}
      </p>
    );
  if (state.kind !== 'loading') return null;
  const { loadedBytes, totalBytes } = state;
  const isFetching = totalBytes > 0 && loadedBytes < totalBytes;
  return (
    <div className="banner load" role="status">
      <p>
        {isFetching
          ? `Fetching the models: ${megabytes(loadedBytes)} of ${megabytes(totalBytes)}. Later visits have them already.`
          : 'Starting the models …'}
      </p>
      <Progress.Root
        className="progress"
        value={isFetching ? loadedBytes : null}
        max={totalBytes || 1}
        aria-label="Loading the models"
      >
        <Progress.Indicator
          className="progress-fill"
          style={{ transform: `scaleX(${isFetching ? loadedBytes / totalBytes : 1})` }}
        />
      </Progress.Root>
    </div>
  );
}
