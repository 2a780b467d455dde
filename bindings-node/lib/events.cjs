'use strict';
// Delivers the events of a client's calls to its own listener and to every subscriber of
// the diagnostics channel. Log lines on standard error are written by the core.

const diagnostics = require('node:diagnostics_channel');

const channel = diagnostics.channel('partner-messaging:event');

class Events {
  /** The client's number in the queue. */
  client;
  #queue;
  #native;
  #onEvent;
  #wanted = false;

  constructor(queue, client, native, onEvent) {
    this.#queue = queue;
    this.client = client;
    this.#native = native;
    this.#onEvent = onEvent;
  }

  /** Before a call: enables events if anybody listens by now, and returns itself if so. */
  listen() {
    const wanted = this.#onEvent !== undefined || channel.hasSubscribers;
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#native.wantEvents(wanted);
    }
    return wanted ? this : undefined;
  }

  deliver(event) {
    Object.freeze(event);
    // Node itself turns what a subscriber throws into an uncaught exception.
    if (channel.hasSubscribers) channel.publish(event);
    if (this.#onEvent === undefined) return;
    try {
      (0, this.#onEvent)(event);
    } catch (thrown) {
      // The same for the listener: it must not affect the call, nor be lost.
      this.#queue.native.reportUncaught(thrown);
    }
  }
}

module.exports = { Events };
