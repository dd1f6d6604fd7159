// Chance that can be repeated: the same seed makes the same sequence.

export class Random {
  constructor(seed) {
    this.state = seed >>> 0
  }

  /** In [0, 1): mulberry32. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number in [0, n). */
  below(n) {
    return Math.floor(this.next() * n)
  }

  /** True once in n. */
  once(n) {
    return this.below(n) === 0
  }

  pick(list) {
    return list[this.below(list.length)]
  }

  /** Some of the list, at least one, in any order. */
  some(list) {
    const left = [...list]
    const taken = []
    const count = 1 + this.below(list.length)
    while (taken.length < count) taken.push(...left.splice(this.below(left.length), 1))
    return taken
  }

  /** count of what make makes */
  times(count, make) {
    return Array.from({ length: count }, (_, i) => make(i))
  }
}
