/** Where keys are text: there the page's own keys do nothing. */
/** Whether keys are text there. */
export const isTyped = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
