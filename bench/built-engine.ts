import type * as EngineModule from '#engine/engine.ts'

/** The engine as users run it: built. */
export async function builtEngine(): Promise<typeof EngineModule> {
  const built: string = new URL('../dist/engine/engine.js', import.meta.url).href
  const loaded: unknown = await import(built)
  if (!isEngineModule(loaded)) throw new Error('build first: npm run build')
  return loaded
}

function isEngineModule(module: unknown): module is typeof EngineModule {
  return typeof module === 'object' && module !== null && 'createEngine' in module
}
