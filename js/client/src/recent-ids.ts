/** The newest ids seen, at most so many. */
export class RecentIds {
  readonly #ids = new Set<string>()
  constructor(readonly max: number) {}

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Oldest first. */
  get list(): string[] {
    return [...this.#ids]
  }

  /** {@return whether it is new} */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    // A set keeps its order: the first is the oldest.
    for (const oldest of this.#ids) {
      if (this.#ids.size <= this.max) break
      this.#ids.delete(oldest)
    }
    return true
  }
}
