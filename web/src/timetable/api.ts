import { request } from '../api/client'
import type { Broadcast, Preview } from '../api/types'
import type { Change, Coming, Day, RowKind, Timetable } from './types'

/** Which part of the timetable is asked for. */
export interface Asked {
  from: string
  days: number
  rows: RowKind
  area: string
}

const of = (broadcast: string) => `/broadcasts/${encodeURIComponent(broadcast)}`

export const plans = {
  timetable: ({ from, days, rows, area }: Asked) =>
    request<Timetable>('GET', `/timetable?${query({ from, days: String(days), rows, area })}`),
  coming: (begin: Date, end: Date, area: string) =>
    request<Coming[]>(
      'GET',
      `/timeline?${query({ begin: begin.toISOString(), end: end.toISOString(), area })}`,
    ),
  days: (from: string, to: string) => request<Day[]>('GET', `/days?${query({ from, to })}`),
  preview: (broadcast: string, change: Change) =>
    request<Preview>('POST', `${of(broadcast)}/change/preview`, change),
  change: (broadcast: string, change: Change) =>
    request<Broadcast>('POST', `${of(broadcast)}/change`, change),
  cancel: (broadcast: string, localStart: string) =>
    request<void>('POST', `${of(broadcast)}/occurrences/${encodeURIComponent(localStart)}/cancel`),
  end: (broadcast: string, localStart: string) =>
    request<void>('POST', `${of(broadcast)}/end`, { occurrence: localStart }),
}

function query(wanted: Record<string, string>): URLSearchParams {
  return new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''))
}
