// The classes of testing.cjs, so that there is one of each for both kinds of modules.
import testing from './testing.cjs';

export const { Sandbox, SandboxError } = testing;
