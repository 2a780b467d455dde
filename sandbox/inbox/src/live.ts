// The sandbox's events, brought into the store.

import type { Batch, Store } from './model';

/** Listens until the page is left; the browser connects again by itself. */
export function listen(store: Store): void {
  const events = new EventSource('/sandbox/events');
  events.onopen = () => store.setLive(true);
  events.onmessage = (event) => store.apply(JSON.parse(event.data) as Batch);
  events.onerror = () => {
    store.setLive(false);
    // After an answer that is none the browser gives up.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(store), 1000);
  };
}
