import { readFileSync } from 'node:fs'
import { defineConfig } from 'vite'

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'))

/** Everything npm installs stays outside; so do Node's own modules. */
function isExternal(id: string): boolean {
  return id.startsWith('node:') || Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))
}

export default defineConfig({
  publicDir: false,
  // Fault points (src/engine/core/fault-point.ts) are for tests: a build has none.
  define: { __SLUICE_FAULTS__: 'false' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: ['src/cli/index.ts', 'src/engine/processes/job-process.ts'],
      external: isExternal,
      output: {
        format: 'es',
        // dist mirrors src, so that a path relative to a module means the same in both.
        preserveModules: true,
        preserveModulesRoot: 'src',
        entryFileNames: '[name].js',
      },
    },
  },
})
