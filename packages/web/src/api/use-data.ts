/** What the server says at a path, for a component. */
import { useCallback, useEffect, useState } from 'react';
import { call } from '../state/account.ts';

export interface Data<T> {
  /** Undefined while it is not there; what was read last while it is read again. */
  readonly data: T | undefined;
  readonly error: string | undefined;
  readonly reload: () => void;
  /** Puts in its place what another request answered. */
  readonly put: (data: T) => void;
}

/** @param everyMs read again so often; undefined: never */
export function useData<T>(path: string, everyMs?: number): Data<T> {
  const [state, setState] = useState<{ readonly data?: T; readonly error?: string }>({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let isGone = false;
    call<T>('GET', path).then(
      (data) => {
        if (!isGone) setState({ data });
      },
      (error: Error) => {
        if (!isGone) setState((before) => ({ ...before, error: error.message }));
      },
    );
    return () => {
      isGone = true;
    };
  }, [path, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  const put = useCallback((data: T) => setState({ data }), []);
  return { data: state.data, error: state.error, reload, put };
}

/** Something that a button does at the server: whether it is under way, and what went wrong. */
export function useAction(): {
  readonly isBusy: boolean;
  readonly error: string | undefined;
  readonly run: (action: () => Promise<void>) => void;
} {
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly error?: string }>({ isBusy: false });
  const run = useCallback((action: () => Promise<void>) => {
    setState({ isBusy: true });
    action().then(
      () => setState({ isBusy: false }),
      (error: Error) => setState({ isBusy: false, error: error.message }),
    );
  }, []);
  return { isBusy: state.isBusy, error: state.error, run };
}
