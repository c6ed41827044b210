import { expect, it } from 'vitest'
import { aTable, batchOf, rowsOf } from './database-samples.contract.ts'
import type { DatabaseStand } from './database-samples.contract.ts'

const KEYED = { key: 'id' } as const

export function insertingContract(stand: DatabaseStand): void {
  it('has no position for a sink that never filed', async () => {
    expect(await stand.database.position('nobody', 't', 0)).toBeUndefined()
  })

  it('files every row, and moves the position from `first` to `next`', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const rows = Array.from({ length: 12_345 }, (_, id) => ({ id, name: `n${id}` }))
    const batch = batchOf(table, 0, rows)
    const position = await stand.database.insert(table, batch)
    expect(position).toEqual({
      next: 12_345,
      in: 12_345,
      inserted: 12_345,
      updated: 0,
      rejected: 0,
      failed: 0,
      lost: 0,
    })
    expect(await stand.database.position(batch.sink, batch.topic, 0)).toEqual(position)
    const sql = `SELECT count(*), sum(id), count(*) FILTER (WHERE id = _offset AND name = 'n' || id) FROM ${table.name}`
    expect(await rowsOf(stand.database, sql)).toEqual([[12_345, '76193340', 12_345]])
  })

  it('adds rejected and lost records to the totals, and moves on where no row is left', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const empty = { ...batchOf(table, 0, []), next: 10, rejected: 3, lost: 7 }
    expect(await stand.database.insert(table, empty)).toMatchObject({ next: 10, in: 3, rejected: 3, lost: 7 })
    const more = { ...batchOf(table, 10, [{ id: 1 }]), next: 13, rejected: 2 }
    const position = { next: 13, in: 6, inserted: 1, updated: 0, rejected: 5, failed: 0, lost: 7 }
    expect(await stand.database.insert(table, more)).toEqual(position)
  })

  it('refuses a batch that does not start at the position, and files nothing of it', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const late = batchOf(table, 5, [{ id: 1 }])
    await expect(stand.database.insert(table, late)).rejects.toMatchObject({ code: 'FENCED' })
    await stand.database.insert(table, batchOf(table, 0, [{ id: 1 }, { id: 2 }]))
    const again = batchOf(table, 0, [{ id: 1 }, { id: 2 }])
    await expect(stand.database.insert(table, again)).rejects.toMatchObject({ code: 'FENCED' })
    expect(await rowsOf(stand.database, `SELECT count(*) FROM ${table.name}`)).toEqual([[2]])
    expect(await stand.database.position(again.sink, again.topic, 0)).toMatchObject({ next: 2, in: 2 })
  })

  it('lets one of two writers of the same batch win', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const batch = batchOf(table, 0, [{ id: 1 }])
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => stand.database.insert(table, batch)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await rowsOf(stand.database, `SELECT count(*) FROM ${table.name}`)).toEqual([[1]])
  })

  it('keeps partitions, topics and sinks apart', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const batch = batchOf(table, 0, [{ id: 1 }])
    await stand.database.insert(table, batch)
    await stand.database.insert(table, { ...batch, partition: 1 })
    await stand.database.insert(table, { ...batch, topic: 'other' })
    expect(await rowsOf(stand.database, `SELECT count(*) FROM ${table.name}`)).toEqual([[3]])
    for (const partition of [0, 1]) {
      expect(await stand.database.position(batch.sink, batch.topic, partition)).toMatchObject({ next: 1, in: 1 })
    }
    expect(await stand.database.position('someone-else', batch.topic, 0)).toBeUndefined()
  })

  it('has a record once where another sink files it too', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const batch = batchOf(table, 0, [{ id: 1 }])
    await stand.database.insert(table, batch)
    expect(await stand.database.insert(table, { ...batch, sink: 'second' })).toMatchObject({ inserted: 0, updated: 1 })
    expect(await rowsOf(stand.database, `SELECT count(*) FROM ${table.name}`)).toEqual([[1]])
  })

  it('replaces the row of a key: the last offset wins, over batches and within one', async () => {
    const table = aTable(KEYED)
    await stand.database.ensureTable(table)
    await stand.database.insert(
      table,
      batchOf(table, 0, [
        { id: 1, name: 'a' },
        { id: 2, name: 'b' },
      ]),
    )
    const second = batchOf(table, 2, [{ id: 1, name: 'c' }, { id: 3, name: 'd' }, { id: 1, name: 'e' }, { id: 3 }])
    const position = await stand.database.insert(table, second)
    expect(position).toMatchObject({ in: 6, inserted: 3, updated: 3, failed: 0 })
    expect(await rowsOf(stand.database, `SELECT id, name, _offset FROM ${table.name} ORDER BY id`)).toEqual([
      [1, 'e', 4],
      [2, 'b', 1],
      [3, null, 5],
    ])
  })

  it('never replaces a row by an earlier record of the same partition', async () => {
    const table = aTable(KEYED)
    await stand.database.ensureTable(table)
    await stand.database.insert(
      table,
      batchOf(table, 0, [
        { id: 1, name: 'old' },
        { id: 1, name: 'new' },
      ]),
    )
    const replayed = { ...batchOf(table, 0, [{ id: 1, name: 'old' }]), sink: 'replay' }
    expect(await stand.database.insert(table, replayed)).toMatchObject({ in: 1, updated: 1 })
    expect(await rowsOf(stand.database, `SELECT name FROM ${table.name}`)).toEqual([['new']])
  })

  it('replaces rows by text keys as by numbers', async () => {
    const table = aTable({ key: 'name' })
    await stand.database.ensureTable(table)
    await stand.database.insert(
      table,
      batchOf(table, 0, [
        { id: 1, name: "o'b" },
        { id: 2, name: 'O’b' },
      ]),
    )
    expect(await stand.database.insert(table, batchOf(table, 2, [{ id: 3, name: "o'b" }]))).toMatchObject({
      updated: 1,
    })
    expect(await rowsOf(stand.database, `SELECT id FROM ${table.name} ORDER BY id`)).toEqual([[2], [3]])
  })

  it('keeps what it refuses beside, with offset, reason and the record, and files all the others', async () => {
    const table = aTable({
      key: 'id',
      columns: [
        { name: 'id', type: 'int' },
        { name: 'name', type: 'string' },
      ],
    })
    await stand.database.ensureTable(table)
    const rows: object[] = Array.from({ length: 1_000 }, (_, id) => ({ id, name: 'fine' }))
    rows[3] = { id: 3, name: 'nul \u0000' }
    rows[500] = { name: 'no key' }
    rows[999] = { id: 99_999_999_999, name: 'too large' }
    const batch = batchOf(table, 0, rows)
    expect(await stand.database.insert(table, batch)).toMatchObject({
      in: 1_000,
      inserted: 997,
      failed: 3,
      next: 1_000,
    })
    const failed = await stand.database.failed(batch.sink)
    expect(failed.map(({ offset }) => offset)).toEqual([3, 500, 999])
    expect(failed.map(({ raw }) => raw)).toEqual([rows[3], rows[500], rows[999]].map((row) => JSON.stringify(row)))
    expect(failed[1]?.field).toBe('id')
    for (const { reason, topic, partition } of failed) {
      expect(reason).not.toBe('')
      expect({ topic, partition }).toEqual({ topic: batch.topic, partition: 0 })
    }
    expect(await rowsOf(stand.database, `SELECT count(*) FROM ${table.name}`)).toEqual([[997]])
  })

  it('refuses a batch as a whole where the table is not there: nothing has failed, nothing has moved', async () => {
    const table = aTable()
    const batch = batchOf(table, 0, [{ id: 1 }])
    await expect(stand.database.insert(table, batch)).rejects.toMatchObject({ code: 'TABLE_UNKNOWN' })
    expect(await stand.database.failed(batch.sink)).toEqual([])
    expect(await stand.database.position(batch.sink, batch.topic, 0)).toBeUndefined()
  })

  it('has rows and position after it was closed and opened again', async () => {
    const table = aTable(KEYED)
    await stand.database.ensureTable(table)
    const batch = batchOf(table, 0, [{ id: 7, name: 'kept' }])
    const position = await stand.database.insert(table, batch)
    await stand.reopen()
    expect(await stand.database.position(batch.sink, batch.topic, 0)).toEqual(position)
    expect(await rowsOf(stand.database, `SELECT id, name FROM ${table.name}`)).toEqual([[7, 'kept']])
  })
}
