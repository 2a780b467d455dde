'use strict';
// The events of a client's calls: to its own listener and to every subscriber of the
// diagnostics channel. What the environment wants on standard error the core writes.

const diagnostics = require('node:diagnostics_channel');

const channel = diagnostics.channel('partner-messaging:event');

class Events {
  #native;
  #onEvent;
  #wanted = false;
  #woken = false;

  constructor(native, onEvent) {
    this.#native = native;
    this.#onEvent = onEvent;
  }

  /** Before a call: asks for its events if anybody wants them by now. */
  listen() {
    const wanted = this.#onEvent !== undefined || channel.hasSubscribers;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (!this.#woken) {
      this.#woken = true;
      this.#native.wakeForEvents(wakeOf(this));
    }
    this.#native.wantEvents(wanted);
  }

  /** Hands over what has gathered; after a call: its last events before it settles. */
  deliver() {
    if (!this.#wanted) return;
    const events = this.#native.takeEvents();
    if (events === null) return;
    for (const event of JSON.parse(events)) this.#tell(Object.freeze(event));
  }

  #tell(event) {
    // What a subscriber throws Node itself makes an uncaught exception.
    if (channel.hasSubscribers) channel.publish(event);
    if (this.#onEvent === undefined) return;
    try {
      (0, this.#onEvent)(event);
    } catch (thrown) {
      // As a subscriber's: not the call's business, and not lost.
      process.nextTick(() => {
        throw thrown;
      });
    }
  }
}

/** The addon holds what it wakes for good: so it must not hold the client. */
function wakeOf(events) {
  const reference = new WeakRef(events);
  return () => reference.deref()?.deliver();
}

module.exports = { Events };
