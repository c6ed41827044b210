import type { Broker } from '#engine/ports/broker.ts'
import type { Database } from '#engine/ports/database.ts'
import type { Lake } from '#engine/ports/lake.ts'
import type { ProducerPlan } from '#engine/core/plan.ts'
import type { ProducerKind } from '#engine/ports/producer.ts'
import type { Transform } from '#engine/ports/transform.ts'

/** What the jobs of a process work with. */
export interface JobParts {
  readonly broker: Broker
  readonly lake: Lake
  readonly transform: Transform
  readonly database: Pick<Database, 'ensureTable' | 'position' | 'insert'>
  readonly producerKind: (kind: ProducerPlan['kind']) => ProducerKind
  /** A folder of this process, for copies of files. */
  readonly tempFolder: string
  /** Age at which an open batch of a lake sink closes at first, in milliseconds. */
  readonly closeAgeMs: number
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly newId: () => string
}
