'use strict';
// GENERATED from the core's public types by `cargo xtask generate`: change those.

/** Gives `it` the fields of a FallbackStep, of the list that the addon writes. */
function readFallbackStep(it, fields) {
  it.channel = fields[0];
  it.outcome = fields[1];
  it.kind = fields[2];
  it.status = fields[3];
  it.code = fields[4];
  it.messageId = fields[5];
  it.attempts = fields[6];
  return it;
}

/** Gives `it` the fields of a Receipt, of the list that the addon writes. */
function readReceipt(it, fields) {
  it.messageId = fields[0];
  it.recipient = fields[1];
  it.channel = fields[2];
  it.status = fields[3];
  it.cost = fields[4];
  it.currency = fields[5];
  it.message = fields[6];
  it.replayed = fields[7];
  it.attempts = fields[8];
  it.elapsed = fields[9];
  it.raw = fields[10];
  return it;
}

/** Gives `it` the fields of a MessageRecord, of the list that the addon writes. */
function readMessageRecord(it, fields) {
  it.messageId = fields[0];
  it.recipient = fields[1];
  it.channel = fields[2];
  it.status = fields[3];
  it.cost = fields[4];
  it.currency = fields[5];
  it.createdAt = fields[6];
  it.updatedAt = fields[7];
  it.raw = fields[8];
  return it;
}

/** Gives `it` the fields of a Page, of the list that the addon writes. */
function readPage(it, fields) {
  it.messages = fields[0];
  it.page = fields[1];
  it.limit = fields[2];
  it.total = fields[3];
  it.totalPages = fields[4];
  it.hasMore = fields[5];
  it.raw = fields[6];
  return it;
}

/** Gives `it` the fields of a Balance, of the list that the addon writes. */
function readBalance(it, fields) {
  it.amount = fields[0];
  it.currency = fields[1];
  it.raw = fields[2];
  return it;
}

/** Gives `it` the fields of a Spending, of the list that the addon writes. */
function readSpending(it, fields) {
  it.channel = fields[0];
  it.currency = fields[1];
  it.cost = fields[2];
  it.messages = fields[3];
  it.unpriced = fields[4];
  return it;
}

/** Gives `it` the fields of a Reply, of the list that the addon writes. */
function readReply(it, fields) {
  it.status = fields[0];
  it.message = fields[1];
  it.headers = fields[2];
  it.replayed = fields[3];
  it.attempts = fields[4];
  it.elapsed = fields[5];
  it.data = fields[6];
  return it;
}

/** Gives `it` the fields of a JournalConflict, of the list that the addon writes. */
function readJournalConflict(it, fields) {
  it.outcome = fields[0];
  it.messageId = fields[1];
  it.at = fields[2];
  return it;
}

/** Gives `it` the fields of a JournalRecord, of the list that the addon writes. */
function readJournalRecord(it, fields) {
  it.key = fields[0];
  it.outcome = fields[1];
  it.resolved = fields[2];
  it.channel = fields[3];
  it.kind = fields[4];
  it.code = fields[5];
  it.messageId = fields[6];
  it.cost = fields[7];
  it.currency = fields[8];
  it.claimedAt = fields[9];
  it.deadline = fields[10];
  it.endedAt = fields[11];
  it.claimId = fields[12];
  it.conflict = fields[13];
  return it;
}

/** Gives `it` the fields of a JournalTotal, of the list that the addon writes. */
function readJournalTotal(it, fields) {
  it.outcome = fields[0];
  it.channel = fields[1];
  it.currency = fields[2];
  it.messages = fields[3];
  it.cost = fields[4];
  it.unpriced = fields[5];
  return it;
}

/** Gives `it` the fields of a JournalSummary, of the list that the addon writes. */
function readJournalSummary(it, fields) {
  it.sent = fields[0];
  it.rejected = fields[1];
  it.notSent = fields[2];
  it.unknown = fields[3];
  it.inProgress = fields[4];
  it.conflicts = fields[5];
  it.totals = fields[6];
  return it;
}

/** The fields of an error, as they are where nothing is known. */
const ERROR = {
  kind: null,
  outcome: null,
  field: null,
  attempts: 0,
  elapsed: 0,
  status: null,
  code: null,
  requestId: null,
  retryAfter: null,
  body: null,
  trail: Object.freeze([]),
};

const CLIENT = {
  apiKey: 'string',
  baseUrl: 'string',
  timeout: 'number',
  connectTimeout: 'number',
  maxRetries: 'number',
  maxConnections: 'number',
  maxHold: 'number',
  maxRate: 'number',
  spendLimit: 'strings',
  maxCost: 'strings',
  http2: 'boolean',
  keepAlive: 'boolean',
  proxy: 'string',
  trustEnv: 'boolean',
  caFile: 'string',
  clientCertFile: 'string',
  clientKeyFile: 'string',
  allowHttp: 'boolean',
  headers: 'strings',
  userAgent: 'string',
  maxResponseBytes: 'number',
  endpoints: 'strings',
  journal: 'journal',
};

const CALL = {
  timeout: 'number',
  maxRetries: 'number',
  headers: 'strings',
  fallbackCodes: 'list',
  key: 'string',
};

const FILTER = {
  channel: 'string',
  status: 'string',
  recipient: 'string',
  sender: 'string',
  since: 'moment',
  until: 'moment',
  page: 'number',
  limit: 'number',
  query: 'query',
};

const REQUEST = {
  query: 'query',
  json: 'json',
  idempotent: 'boolean',
};

module.exports = {
  readFallbackStep,
  readReceipt,
  readMessageRecord,
  readPage,
  readBalance,
  readSpending,
  readReply,
  readJournalConflict,
  readJournalRecord,
  readJournalTotal,
  readJournalSummary,
  ERROR,
  CLIENT,
  CALL,
  FILTER,
  REQUEST,
};
