import type { ContractRouterClient } from '@orpc/contract'
import { alertsContract } from './alerts.ts'
import { analysesContract } from './analyses.ts'
import { doctorContract, engineContract } from './engine-info.ts'
import { filesContract } from './files.ts'
import { pipelinesContract } from './pipelines.ts'
import { sqlContract } from './sql.ts'
import { groupsContract, topicsContract } from './topics.ts'

/**
 * Everything that a door can ask of an engine. Streams may be cancelled by leaving the loop or by a signal, which ends
 * the work behind them. Any procedure may fail with the error `SLUICE`, whose data is a WireError.
 */
export const contract = {
  engine: engineContract,
  pipelines: pipelinesContract,
  topics: topicsContract,
  groups: groupsContract,
  files: filesContract,
  sql: sqlContract,
  analyses: analysesContract,
  alerts: alertsContract,
  doctor: doctorContract,
}

/** The contract as called: the same over a socket and within one process. */
export type Client = ContractRouterClient<typeof contract>
