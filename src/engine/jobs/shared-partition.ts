import { setTimeout as delay } from 'node:timers/promises'
import type { TopicShape } from '#engine/core/columns.ts'
import type { Broker, ReadLimits } from '#engine/ports/broker.ts'
import type { Parsed, Slice, Transform } from '#engine/ports/transform.ts'

/** How many parsed batches of a partition may be under way at once: the front one and those the others still work on. */
const WINDOW = 3
/** Who keeps the others waiting longer than this reads for itself from then on, until it has caught up. Milliseconds. */
const PATIENCE_MS = 1_000

interface Entry {
  readonly first: number
  readonly next: number
  readonly parsed: Parsed
}

interface Member {
  next: number
  /** Fell out of the window: it reads for itself and holds nobody up. */
  behind: boolean
}

/** After a batch smaller than this the front lets records gather for a moment: a few large batches cost less than many small ones. */
const SMALL_BATCH = 10_000
const GATHER_MS = 100

export interface SharedPartitionOptions {
  readonly broker: Broker
  readonly transform: Transform
  readonly shape: TopicShape
  readonly partition: number
  readonly limits: ReadLimits
  readonly clock: () => number
}

/**
 * One partition as the jobs of a process see it: a batch is read, checked and cast once for all that stand at the same
 * offset. The front runs at most WINDOW batches ahead of the slowest that keeps up.
 */
export class SharedPartition {
  readonly #options: SharedPartitionOptions
  readonly #members = new Map<string, Member>()
  #entries: Entry[] = []
  #front: { readonly from: number; readonly entry: Promise<Entry | undefined> } | undefined
  #moved = Promise.withResolvers<void>()
  /** Until when the front lets records gather, on the clock. */
  #gatherUntil = 0

  constructor(options: SharedPartitionOptions) {
    this.#options = options
  }

  /** From here on the front waits for this member. */
  join(member: string, next: number): void {
    this.#members.set(member, { next, behind: false })
  }

  async leave(member: string): Promise<void> {
    this.#members.delete(member)
    await this.#evict()
  }

  /**
   * The records from `next` on that the member has not had yet, retained for it (it releases them); undefined at the end
   * of the partition. OFFSET_OUT_OF_RANGE as the broker says.
   */
  async take(member: string, next: number): Promise<Slice | undefined> {
    const me = this.#members.get(member)
    if (!me) throw new Error(`${member} has not joined`)
    me.next = next
    await this.#evict()
    const held = this.#entries.find((entry) => entry.first <= next && next < entry.next)
    if (held) return this.#hand(me, held, next)
    const oldest = this.#entries[0]
    if (oldest && next < oldest.first) return this.#alone(me, next)
    const front = this.#front ?? this.#startFront(next)
    const entry = await front.entry
    if (front.from !== next) return this.take(member, next)
    return entry && this.#hand(me, entry, next)
  }

  /** Lets go of every batch that is still held for sharing. */
  async close(): Promise<void> {
    this.#members.clear()
    await this.#evict()
  }

  #hand(member: Member, entry: Entry, from: number): Slice {
    member.behind = false
    entry.parsed.retain()
    return { parsed: entry.parsed, from }
  }

  async #alone(member: Member, next: number): Promise<Slice | undefined> {
    member.behind = true
    const entry = await this.#read(next)
    return entry && { parsed: entry.parsed, from: next }
  }

  /** One read of the front at a time; whoever comes to the same offset while it is under way gets the same. */
  #startFront(from: number): { readonly from: number; readonly entry: Promise<Entry | undefined> } {
    const entry = this.#advance(from).finally(() => (this.#front = undefined))
    this.#front = { from, entry }
    return this.#front
  }

  async #advance(next: number): Promise<Entry | undefined> {
    await this.#room()
    const { clock } = this.#options
    const early = this.#gatherUntil - clock()
    if (early > 0) await delay(early)
    const entry = await this.#read(next)
    if (!entry) return undefined
    this.#entries.push(entry)
    this.#gatherUntil = entry.parsed.batch.count < SMALL_BATCH ? clock() + GATHER_MS : 0
    return entry
  }

  async #room(): Promise<void> {
    const since = this.#options.clock()
    while (this.#entries.length >= WINDOW) {
      const left = PATIENCE_MS - (this.#options.clock() - since)
      if (left <= 0) this.#giveUpOn(this.#entries[0])
      else await this.#movedWithin(left)
      await this.#evict()
    }
  }

  #giveUpOn(entry: Entry | undefined): void {
    for (const member of this.#members.values()) if (entry && member.next < entry.next) member.behind = true
  }

  async #movedWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
    await Promise.race([this.#moved.promise, late])
    clearTimeout(timer)
  }

  async #read(from: number): Promise<Entry | undefined> {
    const { broker, transform, shape, partition, limits } = this.#options
    const batch = await broker.read(shape.topic, partition, from, limits)
    if (!batch) return undefined
    return { first: from, next: batch.nextOffset, parsed: await transform.parse(shape, batch) }
  }

  /** Drops the batches that every member in the window has passed. */
  async #evict(): Promise<void> {
    const standing = [...this.#members.values()].filter((member) => !member.behind).map((member) => member.next)
    const oldest = standing.length ? Math.min(...standing) : Infinity
    const gone = this.#entries.filter((entry) => entry.next <= oldest)
    if (gone.length === 0) return
    this.#entries = this.#entries.filter((entry) => entry.next > oldest)
    this.#moved.resolve()
    this.#moved = Promise.withResolvers<void>()
    for (const entry of gone) await entry.parsed.release()
  }
}
