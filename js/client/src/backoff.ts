/** How long to wait before a reconnect. */
export interface Backoff {
  /** The first wait; default 1,000. */
  initialMillis?: number
  /** The longest wait, unless the server asks for more; default 30,000. */
  maxMillis?: number
  /** How much of a wait is left to chance, 0 to 1; default 0.3. A thousand clients cut off together do not come back together. */
  jitter?: number
  /** Where chance comes from, 0 to 1; default `Math.random`. */
  random?: () => number
}

// 2^31 - 1, about 25 days: a longer timer fires at once.
const MAX_TIMER_MILLIS = 0x7fffffff

/**
 * The wait before a reconnect: doubles with each failure up to the maximum, never less than the server's floor.
 *
 * @param failures how many attempts in a row have failed before this one; 0 after a good connection
 * @param floorMillis what `retry:` or `Retry-After` asked for
 */
export function waitMillis(failures: number, floorMillis: number, backoff: Backoff = {}): number {
  const { initialMillis = 1_000, maxMillis = 30_000, jitter = 0.3, random = Math.random } = backoff
  const full = Math.min(maxMillis, initialMillis * 2 ** failures)
  // Chance takes off our own wait and adds to the server's, whose word is a minimum.
  const low = Math.max(floorMillis, full * (1 - jitter))
  const high = Math.max(full, floorMillis * (1 + jitter))
  return Math.min(MAX_TIMER_MILLIS, low + (high - low) * random())
}
