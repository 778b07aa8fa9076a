// `node log.js PEER FOLDER CALLS WARM_UP PACE_NS THREADS [kill]`: makes calls of pino, each timed by itself, and prints
// what they took as one line of JSON; with `kill`, kills itself with SIGKILL when the last call has returned. After each
// thousand calls the event loop has its turn, as in a program that does something else too.
import { join } from 'node:path'
import pino from 'pino'

const [peer, folder, ...rest] = process.argv.slice(2)
const [calls, warmUp, pace] = rest.slice(0, 3).map(Number)

const destination = pino.destination({ dest: join(folder, 'events.json'), sync: peer !== 'pino-async', minLength: peer === 'pino-async' ? 4096 : 0 })
const logger = pino({ timestamp: pino.stdTimeFunctions.isoTime }, destination)

function call (number) {
  logger.info({
    ecs: { version: '9.4.0' },
    event: {
      provider: 'actions',
      action: 'execute',
      id: '0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11',
      start: '2026-01-02T03:04:05.678Z',
      outcome: 'success',
      duration: 1234567,
      sequence: number
    },
    kibana: { server_uuid: '5b2de169-2785-441b-ae8c-186a1936b17d' },
    saved_object: 'action:d3b07384'
  }, 'action executed')
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

for (let number = 0; number < warmUp; number++) {
  call(number)
  if (number % 1000 === 999) await turn()
}
const times = new Float64Array(calls)
const began = performance.now()
for (let number = 0; number < calls; number++) {
  const before = performance.now()
  call(number)
  const after = performance.now()
  times[number] = (after - before) * 1e6
  while ((performance.now() - before) * 1e6 < pace);
  if (number % 1000 === 999) await turn()
}
const elapsed = (performance.now() - began) * 1e6
if (rest.includes('kill')) process.kill(process.pid, 'SIGKILL')
await new Promise((resolve) => (peer === 'pino-async' ? destination.flush(resolve) : resolve()))
destination.flushSync()
times.sort()
const at = (share) => Math.round(times[Math.floor((times.length - 1) * share / 1000)])
console.log(JSON.stringify({ calls, p50: at(500), p99: at(990), p999: at(999), max: at(1000), elapsed_ns: Math.round(elapsed) }))
