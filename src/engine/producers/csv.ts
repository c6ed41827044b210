import { csvSchema } from '#engine/core/pipeline/producer-schema.ts'
import { SluiceError } from '#engine/core/sluice-error.ts'
import { defineProducer } from '#engine/ports/producer.ts'
import { openCsvLayout } from './csv-layout.ts'
import { CsvPositions, readCsvPosition } from './csv-position.ts'
import { CsvSource } from './csv-source.ts'
import { FileWindow } from './file-window.ts'
import { Pace } from './pace.ts'

/**
 * Reads a CSV file record by record, of any size in constant memory. Values become JSON strings (the checker casts them),
 * empty fields are left out. A record with too many fields goes on as its raw line, which the checker refuses as no JSON
 * object, so that it is kept as a dead letter.
 */
export const csv = defineProducer({
  kind: 'csv',
  summary: 'Reads a CSV file, record by record.',
  settings: csvSchema,
  finite: () => true,
  open: async (settings, context) => {
    const { file, url } = settings
    if (file === undefined) throw new SluiceError('KIND_LATER', `reading the CSV file ${url ?? ''} from the network`)
    context.signal.throwIfAborted()
    const window = await FileWindow.open(file)
    try {
      const { layout, start } = await openCsvLayout(window, settings, context)
      const positions = await CsvPositions.of(window, start)
      const position = readCsvPosition(context.position, file)
      if (position) await positions.verify(position)
      window.seek(position?.byte ?? start)
      const { clock, log, signal } = context
      return new CsvSource({ window, layout, positions, clock, log, signal, pace: new Pace(settings.rate, clock()) })
    } catch (error) {
      await window.close()
      throw error
    }
  },
})
