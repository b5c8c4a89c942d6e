/** Over everything while the clock stands still: any key or touch goes on, and does nothing else. */
import { useEffect } from 'react';

export function PauseVeil({ onResume }: { readonly onResume: () => void }) {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      onResume();
    };
    addEventListener('keydown', press, { capture: true });
    return () => removeEventListener('keydown', press, { capture: true });
  }, [onResume]);
  return (
    <div className="pause-veil" role="alert" onClick={onResume}>
      <p className="pause-title">Paused</p>
      <p>The clock stands still. Press any key, or touch the page, to go on.</p>
    </div>
  );
}
