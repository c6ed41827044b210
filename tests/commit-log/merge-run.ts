// Files six commits, lets their hour end and merges them: merge-run.ts <folder> <fault points, see killAtFaultPoints>
import { setTimeout } from 'node:timers/promises'
import { killAtFaultPoints } from '#engine/processes/fault-kill.ts'
import { ENDED, HOUR_MS, SinkStand } from './sink-stand.ts'

const [, , folder = '', wishes] = process.argv
await using stand = await SinkStand.open(folder)
await using sink = await stand.openSink()
await stand.commits(sink, 6)
await sink.tick(stand.now)
killAtFaultPoints(wishes)
stand.now += 2 * HOUR_MS
await sink.tick(stand.now)
while (stand.files(ENDED).length > 1) await setTimeout(5)
