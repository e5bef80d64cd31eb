/** What the timetable and the coming hours are told by the server. */
import type { BroadcastClass } from '../api/generated'

export type AnyClass = BroadcastClass | 'live'
export type Outcome = 'whole' | 'later' | 'cut' | 'silent'
export type RowKind = 'stations' | 'areas'

export interface Lunar {
  day: number
  month: number
  leap: boolean
}

export interface Day {
  /** 2026-11-24 */
  date: string
  lunar: Lunar
  holiday: string | null
}

export interface Row {
  id: string
  name: string
  area_name: string
  /** Which of the lines this row shows; rows that sound alike share one. */
  line: number
}

export interface PlanEvent {
  occurrence: string
  broadcast: string
  title: string
  class: AnyClass
  starts_at: string
  ends_at: string
  slot_ms: number | null
  outcome: Outcome
  reason: string | null
  winner_title: string | null
  /** Not approved yet: it does not sound, it stands as it would. */
  waiting: boolean
  may_change: boolean
}

export interface Timetable {
  zone: string
  days: Day[]
  rows: Row[]
  /** Indexes into the events, in order of time. */
  lines: number[][]
  events: PlanEvent[]
}

export interface Sound {
  begin: string
  end: string
  offset_ms: number
}

/** One occurrence of the coming hours with where it will be heard. */
export interface Coming {
  occurrence: string
  broadcast: string
  title: string
  class: AnyClass
  area_name: string
  starts_at: string
  ends_at: string
  sounds: Sound[]
  outcome: Outcome
  reason: string | null
  winner: string | null
  winner_title: string | null
  early: boolean
  station_count: number
  stations: { id: string; name: string }[]
  where: string[]
}

export interface Side {
  /** None is what is being ordered. */
  broadcast: string | null
  title: string
  area_name: string
  class: AnyClass
}

export interface Conflict {
  starts_at: string
  winner: Side
  loser: Side
  outcome: Outcome
  reason: string | null
  new_start_at: string | null
  lost_ms: number
  station_count: number
}

export interface Preview {
  duration_ms: number
  problems: { code: string; facts: Record<string, unknown> }[]
  conflicts: Conflict[]
  /** There may be more than are listed. */
  conflict_count: number
  needs: 'approval' | 'override' | 'nothing'
}

export type Scope = 'one' | 'from_here' | 'all'

export interface Change {
  scope: Scope
  /** The local start it was ordered at: 2026-11-24T17:00. */
  occurrence: string
  /** The local start it shall have. */
  start?: string
  slot_min?: number
}
