import { oddMinutes } from '../format/plan'
import type { Plan } from './plan'

/** How high a mark stands: the stronger the class, the higher, for eyes that see no colours. */
const HEIGHT_PX = { ordinary: 12, priority: 20, live: 26, emergency: 30 } as const
const ODD_PX = 4

export interface Strokes {
  /** Class names of the marks. */
  look: string
  /** A path of all marks that look so. */
  path: string
}

/**
 * A month of one line as a few paths. A hundred rows of a hundred marks are ten thousand elements
 * otherwise, which no browser draws in time.
 */
export function strokesOf(plan: Plan, line: number, pxPerDay: number): Strokes[] {
  const paths = new Map<string, string>()
  for (const index of plan.table.lines[line] ?? []) {
    const event = plan.table.events[index]
    const span = plan.spans[index]
    if (!event || !span || !plan.table.days[span.day]) continue
    const x = Math.round((span.day + span.minutes / 1440) * pxPerDay)
    const lost = event.outcome === 'whole' ? '' : ' lost'
    const look = `${event.class}${lost}${event.waiting ? ' waiting' : ''}`
    paths.set(look, `${paths.get(look) ?? ''}M${x} 0V${HEIGHT_PX[event.class]}`)
    if (oddMinutes(span.minutes)) paths.set('odd', `${paths.get('odd') ?? ''}M${x} 0V${ODD_PX}`)
  }
  // What stands out lies on top.
  return [...paths].map(([look, path]) => ({ look, path })).sort((a, b) => Number(a.look === 'odd') - Number(b.look === 'odd'))
}

/** How many of a line's events each day has, and how many of them are not heard whole. */
export function countsOf(plan: Plan, line: number): { all: number; lost: number }[] {
  const counts = plan.table.days.map(() => ({ all: 0, lost: 0 }))
  for (const index of plan.table.lines[line] ?? []) {
    const count = counts[plan.spans[index]?.day ?? -1]
    if (!count) continue
    count.all += 1
    if (plan.table.events[index]?.outcome !== 'whole') count.lost += 1
  }
  return counts
}
