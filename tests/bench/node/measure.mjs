// What each Node program of the benchmark measures of itself.
import { readFileSync } from 'node:fs';

/** A line of the kernel's account of this process, in kB. */
function memory(name) {
  const line = readFileSync('/proc/self/status', 'utf8').split('\n').find((found) => found.startsWith(name));
  return Number(line.split(/\s+/)[1]);
}

/** Prints what `sendAll()`, which makes so many sends, takes; then the process ends. */
export async function measure(sends, sendAll) {
  const rest = memory('VmRSS:');
  const wall = process.hrtime.bigint();
  const before = process.cpuUsage();
  await sendAll();
  const { user, system } = process.cpuUsage(before);
  const facts = {
    sends,
    cpu_us: user + system,
    wall_us: Number((process.hrtime.bigint() - wall) / 1000n),
    rest_kb: rest,
    peak_kb: memory('VmHWM:'),
  };
  console.log(JSON.stringify(facts));
  // Peers keep their idle connections, and with them the process.
  process.exit(0);
}
