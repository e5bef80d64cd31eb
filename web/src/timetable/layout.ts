/** Where an event lies in wall time: a day of the timetable, minutes since its midnight. */
export interface Span {
  day: number
  minutes: number
  length: number
}

export interface Scale {
  pxPerDay: number
  /** A mark is never drawn narrower than this, so that its time can be read and a thumb finds it. */
  leastPx: number
  /** Where nothing follows a mark grows to this, for its title. */
  mostPx: number
}

export interface Placed {
  event: number
  /** From the left edge of its own day. */
  left: number
  width: number
  /** How wide it really is in time. */
  trueWidth: number
  lane: number
}

export interface Laid {
  lanes: number
  /** One list per day. */
  days: Placed[][]
}

const DAY_MINUTES = 1440
/** At the right edge a mark may shrink until only its time is left. */
const EDGE_PX = 48

/** Gives each event of a line the first lane where it touches nobody. */
export function layOut(line: number[], spans: Span[], days: number, scale: Scale): Laid {
  const laid: Laid = { lanes: 1, days: Array.from({ length: days }, () => []) }
  const perMinute = scale.pxPerDay / DAY_MINUTES
  const edge = days * scale.pxPerDay
  const ends: number[] = []
  const last: (Placed & { at: number })[] = []
  for (const event of inOrder(line, spans)) {
    const span = spans[event]
    const cell = span && laid.days[span.day]
    if (!cell) continue
    const trueWidth = span.length * perMinute
    const from = span.day * scale.pxPerDay
    const at = Math.max(Math.min(from + span.minutes * perMinute, edge - EDGE_PX), from)
    const width = Math.min(Math.max(trueWidth, scale.leastPx), edge - at)
    let lane = ends.findIndex((end) => end <= at)
    if (lane < 0) lane = ends.length
    ends[lane] = at + width
    const placed = { event, left: at - from, width, trueWidth, lane, at }
    grow(last[lane], at, scale)
    last[lane] = placed
    cell.push(placed)
  }
  for (const placed of last) grow(placed, edge, scale)
  laid.lanes = Math.max(ends.length, 1)
  return laid
}

function grow(mark: (Placed & { at: number }) | undefined, until: number, scale: Scale): void {
  if (mark) mark.width = Math.max(mark.width, Math.min(until - mark.at, scale.mostPx))
}

function inOrder(line: number[], spans: Span[]): number[] {
  const at = (event: number) => {
    const span = spans[event]
    return span ? span.day * DAY_MINUTES + span.minutes : 0
  }
  return [...line].sort((a, b) => at(a) - at(b) || a - b)
}
