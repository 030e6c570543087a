import { expect, it } from 'vitest'
import { waitMillis } from '../src/backoff.js'

const least = { random: () => 0 }
const most = { random: () => 1 }

it('doubles from one second to thirty, up to three tenths of it left to chance', () => {
  const tries = [0, 1, 2, 3, 4, 5, 6, 1_000]
  expect(tries.map((n) => waitMillis(n, 0, most))).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((s) => s * 1_000))
  expect(tries.map((n) => waitMillis(n, 0, least))).toEqual(
    [0.7, 1.4, 2.8, 5.6, 11.2, 21, 21, 21].map((s) => s * 1_000),
  )
})

it('is never below the floor, and spreads those that were told the same', () => {
  const seed = Math.floor(Math.random() * 1e9)
  let state = seed
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  for (let i = 0; i < 10_000; i++) {
    const floor = random() * 100_000
    expect(waitMillis(Math.floor(random() * 20), floor, { random }), `seed ${seed}`).toBeGreaterThanOrEqual(floor)
  }
  expect(waitMillis(0, 60_000, most)).toBe(78_000)
})

it('fits a timer, whatever the server says', () => {
  expect(waitMillis(0, Number.MAX_SAFE_INTEGER)).toBe(2 ** 31 - 1)
})
