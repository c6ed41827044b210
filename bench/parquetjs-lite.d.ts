/** What the comparison uses of parquetjs-lite, which has no types of its own. */
declare module 'parquetjs-lite' {
  interface Writer {
    appendRow(row: Record<string, unknown>): Promise<void>
    close(): Promise<void>
  }
  const parquetjs: {
    readonly ParquetSchema: new (fields: Record<string, { readonly type: string }>) => object
    readonly ParquetWriter: { openFile(schema: object, path: string): Promise<Writer> }
  }
  export default parquetjs
}
