import { verb } from '#cli/verb.ts'
import type { Engine } from '#engine/engine-api.ts'

/** How long it waits for somebody to connect, or to come back, once nothing runs. */
const IDLE_MS = 5_000

export const engine = verb({
  usage: 'engine',
  about: `Holds the data folder, resumes what ran on it, and answers other commands. It ends when it is stopped, and by
itself once nothing runs and nobody is connected.`,
  examples: [],
  args: {},
  run: async (_args, context) => {
    const { serve } = await import('#rpc/serve.ts')
    await using held = await context.createEngine({ home: context.home, resume: true, openedBy: context.invoked })
    const life = new Life(held)
    context.signal.addEventListener('abort', () => life.end(), { once: true })
    await using door = await serve({
      home: context.home,
      engine: held,
      shutdown: () => life.end(),
      onConnections: (open) => life.onConnections(open),
    })
    life.onConnections(door.connections)
    await life.over
    return 0
  },
})

/** Decides when a background engine ends. */
class Life {
  readonly over: Promise<void>
  readonly #engine: Engine
  #connections = 0
  #settle: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  constructor(held: Engine) {
    this.#engine = held
    this.over = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#settle()
  }

  onConnections(open: number): void {
    this.#connections = open
    this.#lookLater()
  }

  #lookLater(): void {
    clearTimeout(this.#timer)
    if (this.#connections === 0) this.#timer = setTimeout(() => void this.#look(), IDLE_MS)
  }

  async #look(): Promise<void> {
    const pipelines = await this.#engine.pipelines.list()
    if (this.#connections === 0 && pipelines.every(({ state }) => state === 'stopped')) this.end()
    else this.#lookLater()
  }
}
