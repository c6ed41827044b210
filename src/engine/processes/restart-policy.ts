/** A process that lived this long was well; its death starts the count anew. Milliseconds. */
const WELL_MS = 2_000
const QUICK_DEATHS = 5
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 2_000

/** When a process that died is started again: after pauses that double, never after five quick deaths in a row. */
export class RestartPolicy {
  readonly #clock: () => number
  #since: number
  #quick = 0

  constructor(clock: () => number) {
    this.#clock = clock
    this.#since = clock()
  }

  /** How long to wait before the next start, in milliseconds. */
  afterDeath(): number | 'never' {
    const now = this.#clock()
    this.#quick = now - this.#since > WELL_MS ? 1 : this.#quick + 1
    if (this.#quick >= QUICK_DEATHS) return 'never'
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#quick - 1))
    this.#since = now + pause
    return pause
  }
}
