import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How a benchmark's pipeline differs from others. `rate` 0: as fast as it can; `count` absent: without end. */
export interface BenchPipeline {
  readonly rate: number
  readonly count?: number
}

/** Writes the pipeline that the figures are of: records of 196 bytes and 8 columns, one in seven kept, both topics filed. */
export function writeBenchPipeline(folder: string, { rate, count }: BenchPipeline): string {
  const file = join(folder, 'bench.yaml')
  writeFileSync(
    file,
    `name: bench
title: Bench
summary: Generator, checker, filter and two sinks.
topics:
  space_data:
    partitions: 3
    columns:
      { id: string, seq: long, kind: string, name: string, diameter_m: double, speed_kms: double, distance_km: double, observed_at: timestamp }
    time: observed_at
  space_alerts: { like: space_data }
producers:
  simulator:
    to: space_data
    key: id
    generator:
      rate: ${rate}
${count === undefined ? '' : `      count: ${count}\n`}      seed: 42
      record:
        id: { pattern: "object-{sequence}" }
        seq: { sequence: true }
        kind: { choice: { meteorite: 0.8, exoplanet: 0.2 } }
        name: { faker: "science.chemicalElement.name" }
        diameter_m: { lognormal: { median: 90, sigma: 1.1 } }
        speed_kms: { uniform: [5, 72] }
        distance_km: { lognormal: { median: 9000000, sigma: 1.2 } }
        observed_at: { now: true }
filters:
  dangerous:
    from: space_data
    to: space_alerts
    where: diameter_m > 140 AND distance_km < 7500000
sinks:
  all: { from: space_data, lake: { path: /bench/all, format: parquet, partition_by: [dt, hour] } }
  alerts: { from: space_alerts, lake: { path: /bench/alerts, format: parquet, partition_by: [dt] } }
tables:
  objects: { path: /bench/all }
  alerts: { path: /bench/alerts }
`,
  )
  return file
}
