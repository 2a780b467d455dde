export * from "./lib/client.cjs";
export * from "./lib/errors.cjs";
export * from "./lib/facts.cjs";
export * from "./lib/events.cjs";
export * from "./lib/messages.cjs";
