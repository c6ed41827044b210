/** What the comparison uses of parquetjs-lite, which has no types of its own. */
declare module 'parquetjs-lite' {
  export class ParquetSchema {
    constructor(fields: Record<string, { readonly type: string }>)
  }
  export class ParquetWriter {
    static openFile(schema: ParquetSchema, path: string): Promise<ParquetWriter>
    appendRow(row: Record<string, unknown>): Promise<void>
    close(): Promise<void>
  }
}
