import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Optional chapters that the hub does not offer; docs/streams.md lists them.
    testNamePattern: /^(?!Fork - )/,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
