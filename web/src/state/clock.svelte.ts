/** The server's clock as heard in its answers: the one wall clock of the screens. */
const TRUSTED_WITHIN_MS = 2_000
const TICK_MS = 1_000

let ahead = 0
let tick = $state(Date.now())

export function heardDate(header: string | null): void {
  const heard = header === null ? Number.NaN : Date.parse(header)
  if (Number.isNaN(heard)) return
  // The header counts whole seconds; half a second is the fairest guess.
  const difference = heard + 500 - Date.now()
  ahead = Math.abs(difference) <= TRUSTED_WITHIN_MS ? 0 : difference
}

/** Now, fresh every second where it is shown. */
export function now(): Date {
  return new Date(tick)
}

export function exactNow(): Date {
  return new Date(Date.now() + ahead)
}

export function keepTime(): () => void {
  const timer = setInterval(() => (tick = Date.now() + ahead), TICK_MS)
  return () => clearInterval(timer)
}
