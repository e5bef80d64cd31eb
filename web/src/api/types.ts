export interface Account {
  id: string
  username: string
  name: string
  role: string
  area: string
  area_name: string
  locale: string
}
export interface Session {
  csrf: string
  account: Account
}
export interface Window {
  weekdays: number[]
  start: string
  end: string
}
export interface Area {
  id: string
  code: string
  name: string
  level: number
  parent: string | null
  zone: string
  hours: Window[]
  station_count: number
}
export interface Station {
  id: string
  name: string
  area: string
  area_name: string
  status: 'online' | 'offline' | 'lost' | 'never'
  enrolled: boolean
  clock: 'synchronised' | 'held_over' | 'untrusted' | null
  playing: string | null
  playing_title: string | null
  last_seen: string | null
  conditions: string[]
  up_to_date: boolean
  volume_percent: number
  agent_version: string | null
  free_bytes: number | null
}
export interface Claim {
  code: string
  expires_at: string
  qr_svg: string
  command: string
}
export interface Bulletin {
  id: string
  title: string
  category: string | null
  author_name: string
  area: string
  area_name: string
  created_at: string
  status: 'preparing' | 'ready' | 'rejected'
  code: string | null
  facts: Record<string, unknown>
  sha256: string | null
  duration_ms: number | null
  bytes: number | null
}
export interface Audience {
  id: string
  name: string
}
export type When =
  | { mode: 'at'; start: string }
  | { mode: 'daily'; times: string[]; from: string; until: string | null }
export interface Broadcast {
  id: string
  title: string
  class: 'ordinary' | 'priority' | 'emergency'
  bulletins: string[]
  audiences: Audience[]
  when: When
  author_name: string
  created_at: string
  ends_at: string | null
  stopped_at: string | null
  next_at: string | null
  station_count: number
  duration_ms: number
  status: 'scheduled' | 'on_air' | 'finished' | 'stopped'
}
export type Step =
  | 'waiting'
  | 'received'
  | 'fetched'
  | 'playing'
  | 'played'
  | 'partly'
  | 'missed'
  | 'refused'
export interface ProgressRow {
  station: string
  station_name: string
  occurrence: string | null
  step: Step
  planned_at: string | null
  actual_at: string | null
  difference_ms: number | null
  code: string | null
}
export interface Play {
  station: string
  station_name: string
  occurrence: string
  broadcast: string | null
  title: string
  outcome: 'playing' | 'played' | 'partly' | 'missed'
  sha256: string | null
  planned_at: string | null
  actual_at: string | null
  difference_ms: number | null
  offset_ms: number
  played_ms: number
  ended_at: string | null
  code: string | null
}
export type WishedWhen = { mode: 'now' } | When
export interface Order {
  bulletin: string
  audiences: string[]
  class: 'ordinary' | 'priority'
  when: WishedWhen
  delay_s?: number
}
