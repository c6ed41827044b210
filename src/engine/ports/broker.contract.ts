import { afterAll, beforeAll, describe } from 'vitest'
import { appendingContract } from './broker-appending.contract.ts'
import { followingContract } from './broker-following.contract.ts'
import { groupsContract } from './broker-groups.contract.ts'
import { readingContract } from './broker-reading.contract.ts'
import { retentionContract } from './broker-retention.contract.ts'
import type { BrokerCapabilities, BrokerStand } from './broker-samples.contract.ts'
import { topicsContract } from './broker-topics.contract.ts'
import { transactionsContract } from './broker-transactions.contract.ts'
import type { Broker } from './broker.ts'

export type { BrokerCapabilities } from './broker-samples.contract.ts'

export interface OpenedBroker extends AsyncDisposable {
  readonly broker: Broker
  /** Another instance on the same store, as another process has it. */
  reopen(): Promise<Broker>
}

/** Every guarantee of the port, as sentences that each adapter has to pass. */
export function brokerContract(name: string, open: () => Promise<OpenedBroker>, can: BrokerCapabilities): void {
  describe(`the broker on ${name}`, () => {
    let opened: OpenedBroker
    const stand: BrokerStand = {
      can,
      get broker() {
        return opened.broker
      },
      reopen: () => opened.reopen(),
    }

    beforeAll(async () => {
      opened = await open()
    })
    afterAll(async () => {
      await opened[Symbol.asyncDispose]()
    })

    describe('topics', () => {
      topicsContract(stand)
    })
    describe('appending', () => {
      appendingContract(stand)
    })
    describe('transactions', () => {
      transactionsContract(stand)
    })
    describe('reading', () => {
      readingContract(stand)
    })
    describe('groups', () => {
      groupsContract(stand)
    })
    describe('following', () => {
      followingContract(stand)
    })
    describe('retention', () => {
      retentionContract(stand)
    })
  })
}
