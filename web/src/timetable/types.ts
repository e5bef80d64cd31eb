/** What the timetable and the coming hours are told by the server; all made from web/openapi.json. */
import type { CalendarDay, Change, Coming, Timetable, TimetableEvent, TimetableRow } from '../api/generated'

export type { Change, Coming, Timetable }
export type Day = CalendarDay
export type Lunar = CalendarDay['lunar']
export type Row = TimetableRow
export type PlanEvent = TimetableEvent
export type AnyClass = TimetableEvent['class']
export type Outcome = TimetableEvent['outcome']
export type Scope = Change['scope']
export type RowKind = 'stations' | 'areas'
