'use strict';

const { Sandbox, SandboxError } = require('./lib/sandbox.cjs');

module.exports = { Sandbox, SandboxError };
