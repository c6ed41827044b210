import type { Plan } from '#engine/core/plan.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'

/** PIPELINE_INVALID where a running pipeline declares one of this one's topics, or files to one of its lake paths or above or below it. */
export function refuseConflicts(plan: Plan, running: readonly Plan[]): void {
  for (const other of running) {
    const topic = ownTopics(plan).find((name) => ownTopics(other).includes(name))
    if (topic !== undefined)
      refuse(
        plan,
        `topic ${topic} is declared by ${other.name}, which runs`,
        'Declare it as `external: true` here, or stop the other pipeline.',
      )
    const path = lakePaths(plan).find((mine) => lakePaths(other).some((theirs) => overlap(mine, theirs)))
    if (path !== undefined)
      refuse(
        plan,
        `lake path ${path} is filed by ${other.name}, which runs`,
        'Give the sink another path, or stop the other pipeline.',
      )
  }
}

function refuse(plan: Plan, why: string, remedy: string): never {
  throw new SluiceError('PIPELINE_INVALID', `${plan.name} can't start: ${why}.`, { remedy })
}

function ownTopics(plan: Plan): string[] {
  return plan.topics.filter(({ external }) => !external).map(({ topic }) => topic)
}

function lakePaths(plan: Plan): string[] {
  return [
    ...plan.lakeSinks.map(({ path }) => path),
    ...plan.aggregates.flatMap(({ lake }) => (lake ? [lake.path] : [])),
  ]
}

function overlap(a: string, b: string): boolean {
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`)
}
