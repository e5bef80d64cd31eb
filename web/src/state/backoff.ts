const FIRST_MS = 1_000
const CAP_MS = 30_000

/** How long to wait before the n-th try (0, 1, 2 …): doubles up to a cap, spread by a quarter. */
export function backoffMs(failures: number, chance: () => number = Math.random): number {
  const whole = Math.min(FIRST_MS * 2 ** failures, CAP_MS)
  return Math.round(whole * (0.75 + chance() / 2))
}
