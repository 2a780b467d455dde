export * from "./lib/client.cjs";
export * from "./lib/errors.cjs";
export * from "./lib/generated.cjs";
export * from "./lib/journal.cjs";
export * from "./lib/results.cjs";
export * from "./lib/events.cjs";
export * from "./lib/messages.cjs";
