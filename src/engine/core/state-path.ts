/** Where an aggregate's partials live: never in a table's folder. */
export function aggregateStatePath(pipeline: string, aggregate: string): string {
  return `/_sluice/state/${pipeline}/${aggregate}`
}
