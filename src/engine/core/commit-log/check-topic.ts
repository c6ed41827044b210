import { SluiceError } from '#engine/core/sluice-error.ts'
import type { LogPosition, Print } from './entry.ts'

export interface TopicNow {
  readonly name: string
  readonly incarnation: string
  /** The partition's end: the offset that its next record will get. */
  readonly high: number
  /** The record that now stands at `at.print.offset`; undefined if retention took it. */
  readonly print: Print | undefined
}

/** TOPIC_REMADE unless the topic is the one whose records the log has filed so far: same incarnation, same last record, no shorter. */
export function checkTopic(at: LogPosition, topic: TopicNow): void {
  const why = difference(at, topic)
  if (why === undefined) return
  throw new SluiceError('TOPIC_REMADE', `Topic ${topic.name} was made again since its files were written: ${why}.`, {
    remedy:
      'Nothing was skipped or overwritten. Either file the new topic beside the old files with `sluice replay … --elsewhere`, or remove them with `sluice reset`.',
  })
}

function difference({ topic, last, print }: LogPosition, now: TopicNow): string | undefined {
  if (topic === '') return undefined
  if (topic !== now.incarnation) return 'it has another identity'
  if (last >= now.high) return `it ends at offset ${now.high}, and ${last} was filed`
  if (!print || !now.print) return undefined
  const same =
    print.offset === now.print.offset && print.timestamp === now.print.timestamp && print.crc === now.print.crc
  return same ? undefined : `another record stands at offset ${print.offset}`
}
