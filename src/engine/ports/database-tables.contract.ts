import { expect, it } from 'vitest'
import type { Column } from '#engine/core/columns.ts'
import { aTable, batchOf, pagesOf, rowsOf } from './database-samples.contract.ts'
import type { DatabaseStand } from './database-samples.contract.ts'

const EVERY_TYPE: readonly Column[] = [
  { name: 's', type: 'string' },
  { name: 'i', type: 'int' },
  { name: 'l', type: 'long' },
  { name: 'd', type: 'double' },
  { name: 'b', type: 'boolean' },
  { name: 't', type: 'timestamp' },
  { name: 'day', type: 'date' },
  { name: 'j', type: 'json' },
  { name: 'm', type: 'decimal(38,10)' },
]

export function tablesContract(stand: DatabaseStand): void {
  it('makes a table once, however often it is asked to', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    await stand.database.insert(table, batchOf(table, 0, [{ id: 1 }]))
    await stand.database.ensureTable(table)
    expect(await rowsOf(stand.database, `SELECT id FROM ${table.name}`)).toEqual([[1]])
  })

  it('gives back every type as it came: 64-bit integers, decimals and microseconds to the digit', async () => {
    const table = aTable({ columns: EVERY_TYPE })
    await stand.database.ensureTable(table)
    const line =
      '{"s":"it\'s \\"ü\\" \\\\ \\n","i":-2147483648,"l":9223372036854775807,"d":0.1,"b":true,' +
      '"t":"2026-11-22T01:02:03.456789","day":"2026-02-28","j":{"a":[1,null]},"m":1234567890123456789012345678.0123456789}'
    await stand.database.insert(table, batchOf(table, 0, [line, {}]))
    const names = EVERY_TYPE.map(({ name }) => name).join(', ')
    const rows = await rowsOf(stand.database, `SELECT ${names} FROM ${table.name} ORDER BY _offset`)
    expect(rows).toEqual([
      [
        'it\'s "ü" \\ \n',
        -2147483648,
        '9223372036854775807',
        0.1,
        true,
        '2026-11-22T01:02:03.456789Z',
        '2026-02-28',
        { a: [1, null] },
        '1234567890123456789012345678.0123456789',
      ],
      EVERY_TYPE.map(() => null),
    ])
  })

  it('has the record’s topic, partition and offset in every row', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    await stand.database.insert(table, { ...batchOf(table, 0, [{ id: 1 }]), next: 90, offsets: Float64Array.of(70) })
    const rows = await rowsOf(stand.database, `SELECT _topic, _partition, _offset FROM ${table.name}`)
    expect(rows).toEqual([[`${table.name}-topic`, 0, 70]])
  })

  it('adds a column that is new, and leaves it null in the rows that are there', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    await stand.database.insert(table, batchOf(table, 0, [{ id: 1 }]))
    const wider = { ...table, columns: [...table.columns, { name: 'age', type: 'int' } as const] }
    await stand.database.ensureTable(wider)
    await stand.database.insert(wider, batchOf(wider, 1, [{ id: 2, age: 3 }]))
    expect(await rowsOf(stand.database, `SELECT id, age FROM ${table.name} ORDER BY id`)).toEqual([
      [1, null],
      [2, 3],
    ])
  })

  it('keeps a column that is declared no more', async () => {
    const table = aTable()
    await stand.database.ensureTable(table)
    const narrower = { ...table, columns: table.columns.slice(0, 1) }
    await stand.database.ensureTable(narrower)
    await stand.database.insert(narrower, batchOf(narrower, 0, [{ id: 2 }]))
    expect(await rowsOf(stand.database, `SELECT id, name FROM ${table.name}`)).toEqual([[2, null]])
  })

  it('refuses another type of a column, and another key', async () => {
    const table = aTable({ key: 'id' })
    await stand.database.ensureTable(table)
    const changes = [
      { ...table, columns: [{ name: 'id', type: 'string' } as const] },
      { ...table, key: 'name' },
      { name: table.name, columns: table.columns },
    ]
    for (const change of changes) {
      await expect(stand.database.ensureTable(change)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' })
    }
    const money = aTable({ columns: [{ name: 'm', type: 'decimal(5,2)' }] })
    await stand.database.ensureTable(money)
    const finer = { ...money, columns: [{ name: 'm', type: 'decimal(5,3)' } as const] }
    await expect(stand.database.ensureTable(finer)).rejects.toMatchObject({ code: 'SCHEMA_CHANGED' })
  })

  it('takes words of SQL for names', async () => {
    const table = aTable({ name: 'select', key: 'order', columns: [{ name: 'order', type: 'int' }] })
    await stand.database.ensureTable(table)
    await stand.database.insert(table, batchOf(table, 0, [{ order: 1 }, { order: 1 }]))
    expect(await rowsOf(stand.database, 'SELECT "order" FROM "select"')).toEqual([[1]])
    await stand.database.dropTable('select', [])
  })

  it('lists its tables by name, its own bookkeeping not among them', async () => {
    const table = aTable({ name: 'aaa_first' })
    await stand.database.ensureTable(table)
    const names = await stand.database.tables()
    expect(names[0]).toBe('aaa_first')
    expect(names).toEqual(names.toSorted())
    expect(names.filter((name) => name.startsWith('_'))).toEqual([])
  })

  it('drops a table with the positions and failures of its sinks, and a second time without complaint', async () => {
    const table = aTable({ key: 'id' })
    const batch = batchOf(table, 0, [{ id: 1 }, { name: 'without a key' }])
    await stand.database.ensureTable(table)
    await stand.database.insert(table, batch)
    for (let time = 0; time < 2; time++) await stand.database.dropTable(table.name, [batch.sink])
    expect(await stand.database.position(batch.sink, batch.topic, 0)).toBeUndefined()
    expect(await stand.database.failed(batch.sink)).toEqual([])
    await expect(pagesOf(stand.database, `SELECT * FROM ${table.name}`)).rejects.toMatchObject({
      code: 'TABLE_UNKNOWN',
    })
  })
}
