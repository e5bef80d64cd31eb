import type { Span } from './layout'

/** Which event of which row has the focus. */
export interface Spot {
  row: number
  event: number
}

export type Step = 'left' | 'right' | 'up' | 'down' | 'first' | 'last'

const STEPS: Record<string, Step> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
}

export function stepOf(key: string): Step | undefined {
  return STEPS[key]
}

/** The next event in a direction: along the row in time, or the nearest in time of another row. */
export function walk(spot: Spot, step: Step, lineOf: (row: number) => number[] | undefined, spans: Span[]): Spot {
  const at = (event: number) => {
    const span = spans[event]
    return span ? span.day * 1440 + span.minutes : 0
  }
  const own = sorted(lineOf(spot.row) ?? [], at)
  const index = own.indexOf(spot.event)
  if (step === 'left' || step === 'right' || step === 'first' || step === 'last') {
    const to = { left: Math.max(index - 1, 0), right: index + 1, first: 0, last: own.length - 1 }[step]
    return { row: spot.row, event: own[Math.min(to, own.length - 1)] ?? spot.event }
  }
  const by = step === 'up' ? -1 : 1
  for (let row = spot.row + by; ; row += by) {
    const line = lineOf(row)
    if (!line) return spot
    const nearest = nearestTo(at(spot.event), line, at)
    if (nearest !== undefined) return { row, event: nearest }
  }
}

/** The first event of the first row that has one: where the keyboard enters. */
export function entrance(rows: number, lineOf: (row: number) => number[] | undefined, spans: Span[]): Spot | undefined {
  for (let row = 0; row < rows; row += 1) {
    const line = lineOf(row)
    const at = (event: number) => (spans[event]?.day ?? 0) * 1440 + (spans[event]?.minutes ?? 0)
    const event = line && sorted(line, at)[0]
    if (event !== undefined) return { row, event }
  }
  return undefined
}

function sorted(line: number[], at: (event: number) => number): number[] {
  return [...line].sort((a, b) => at(a) - at(b) || a - b)
}

function nearestTo(time: number, line: number[], at: (event: number) => number): number | undefined {
  let best: number | undefined
  for (const event of line) {
    if (best === undefined || Math.abs(at(event) - time) < Math.abs(at(best) - time)) best = event
  }
  return best
}
