/** The whole window takes files that are dropped on it. */
import { useEffect, useRef, useState } from 'react';
import { filesOf } from '../media/collect.ts';

/** @returns whether some are above the window */
export function useDrop(onFiles: (files: File[]) => void, onError: (error: Error) => void): boolean {
  const [isDragged, setDragged] = useState(false);
  const handlers = useRef({ onFiles, onError });
  handlers.current = { onFiles, onError };
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setDragged(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const drop = (event: DragEvent): void => {
      setDragged(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      filesOf(event.dataTransfer!).then(
        (files) => handlers.current.onFiles(files),
        (error: Error) => handlers.current.onError(error),
      );
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return isDragged;
}
