const PULSES_PER_SECOND = 20
const FORGIVEN_AFTER_MS = 10_000

/**
 * When records are due at a rate: record k of this run at its start + k / rate, so that the rate is exact over time. Due
 * records come in at most 20 pulses a second. Who falls more than ten seconds behind (a suspended machine) isn't made to
 * catch up.
 */
export class Pace {
  readonly #perMs: number
  readonly #pulse: number
  #start: number
  #given = 0

  /** `rate`: records a second; 0: all are due at once. */
  constructor(rate: number, now: number) {
    this.#perMs = rate / 1000
    this.#pulse = Math.max(1, Math.ceil(rate / PULSES_PER_SECOND))
    this.#start = now
  }

  /** When the next pulse is due. */
  get dueAt(): number {
    if (this.#perMs === 0) return this.#start
    return this.#start + (this.#given + this.#pulse - 1) / this.#perMs
  }

  /** How many records are due now; Infinity without a rate. */
  due(now: number): number {
    if (this.#perMs === 0) return Infinity
    if (now - this.dueAt > FORGIVEN_AFTER_MS) this.#forgive(now)
    if (now < this.dueAt) return 0
    // At least one: else a rounding error would make the caller ask again and again.
    return Math.max(1, Math.floor((now - this.#start) * this.#perMs + 1e-6) + 1 - this.#given)
  }

  /** Counts records as given. */
  give(records: number): void {
    this.#given += records
  }

  #forgive(now: number): void {
    this.#start = now
    this.#given = 0
  }
}
