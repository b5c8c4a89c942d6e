/** The images of a project, newest first, page by page. */
import type { AnnotationTask } from 'mien-server/contract';
import { useCallback, useEffect, useRef, useState } from 'react';
import { call } from '../../state/account.ts';

/** The most that the server gives at once. */
const PAGE = 200;

export interface Tasks {
  /** Undefined before the first page is there. */
  readonly tasks: readonly AnnotationTask[] | undefined;
  readonly isComplete: boolean;
  readonly error: string | undefined;
  readonly loadMore: () => void;
  /** Begins anew. */
  readonly reload: () => void;
  /** Puts a changed one in its place. */
  readonly put: (task: AnnotationTask) => void;
}

interface State {
  readonly tasks?: readonly AnnotationTask[];
  readonly isComplete: boolean;
  readonly error?: string;
}

export function useTasks(project: string): Tasks {
  const [state, setState] = useState<State>({ isComplete: false });
  /** Rises with each beginning: pages of an earlier one are dropped. */
  const turn = useRef(0);
  const isLoading = useRef(false);

  const load = useCallback(
    (before: AnnotationTask | undefined) => {
      if (isLoading.current) return;
      isLoading.current = true;
      const own = turn.current;
      const query = `limit=${PAGE}${before ? `&before=${before.id}` : ''}`;
      call<{ tasks: readonly AnnotationTask[] }>('GET', `api/projects/${project}/tasks?${query}`)
        .then(
          ({ tasks }) => {
            if (own !== turn.current) return;
            setState((held) => ({
              tasks: before ? [...(held.tasks ?? []), ...tasks] : tasks,
              isComplete: tasks.length < PAGE,
            }));
          },
          ({ message }: Error) => {
            if (own === turn.current) setState((held) => ({ ...held, isComplete: true, error: message }));
          },
        )
        .finally(() => {
          if (own === turn.current) isLoading.current = false;
        });
    },
    [project],
  );
  const reload = useCallback(() => {
    turn.current++;
    isLoading.current = false;
    load(undefined);
  }, [load]);
  useEffect(reload, [reload]);

  const last = state.tasks?.at(-1);
  const loadMore = useCallback(() => {
    if (last) load(last);
  }, [load, last]);
  const put = useCallback(
    (task: AnnotationTask) =>
      setState((held) => ({ ...held, tasks: held.tasks?.map((one) => (one.id === task.id ? task : one)) ?? [] })),
    [],
  );
  return { tasks: state.tasks, isComplete: state.isComplete, error: state.error, loadMore, reload, put };
}
