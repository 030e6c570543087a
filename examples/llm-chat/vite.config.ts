import { defineConfig } from 'vite'

// The page and the hub on one origin, as behind any reverse proxy.
const proxy = { '/llm': process.env.HUB ?? 'http://127.0.0.1:8080' }

export default defineConfig({
  // `tidewire` is linked from this repository, where it has a React of its own for its tests; from npm it has none.
  resolve: { dedupe: ['react', 'react-dom'] },
  server: { proxy },
  preview: { proxy },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
} as ReturnType<typeof defineConfig>)
