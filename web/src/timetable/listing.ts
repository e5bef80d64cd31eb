import type { Plan } from './plan'

/** One line of the table: an event and the rows it is heard in. */
export interface Listed {
  event: number
  rows: number[]
}

/** The same facts as the grid, one line an occurrence, day by day and earliest first. */
export function listed(plan: Plan, most: number): { days: Listed[][]; left: number } {
  const { table, spans } = plan
  const rowsOfLine = table.lines.map(() => [] as number[])
  table.rows.forEach((row, index) => rowsOfLine[row.line]?.push(index))
  const rowsOf = new Map<number, number[]>()
  table.lines.forEach((line, index) => {
    const rows = rowsOfLine[index] ?? []
    if (!rows.length) return
    for (const event of line) rowsOf.set(event, [...(rowsOf.get(event) ?? []), ...rows])
  })
  const at = (event: number) => {
    const span = spans[event]
    return span ? span.day * 1440 + span.minutes : 0
  }
  const shown = [...rowsOf.keys()]
    .filter((event) => table.days[spans[event]?.day ?? -1])
    .sort((a, b) => at(a) - at(b) || a - b)
  const days = table.days.map(() => [] as Listed[])
  for (const event of shown.slice(0, most)) {
    const rows = (rowsOf.get(event) ?? []).sort((a, b) => a - b)
    days[spans[event]?.day ?? 0]?.push({ event, rows })
  }
  return { days, left: Math.max(shown.length - most, 0) }
}
