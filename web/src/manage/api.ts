import { PREFIX, request } from '../api/client'
import type {
  Account,
  AccountChange,
  AreaChange,
  AreaDetail,
  FreshPassword,
  ImportedEvent,
  ImportResult,
  Merge,
  MergeResult,
  NewAccount,
  NewArea,
  NewPerson,
  Person,
  PersonChange,
  RecoveryCodes,
  SecondFactorOffer,
  SeedProvince,
  SpecialDay,
  Station,
  StationChange,
  StationSettings,
} from '../api/generated'

const at = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`

/** What the screens of the administrators, and of each person's own account, ask of the server. */
export const manage = {
  area: (id: string) => request<AreaDetail>('GET', at('areas', id)),
  addArea: (wish: NewArea) => request<AreaDetail>('POST', '/areas', wish),
  changeArea: (id: string, wish: AreaChange) => request<AreaDetail>('PUT', at('areas', id), wish),
  moveArea: (id: string, parent: string) =>
    request<AreaDetail>('POST', `${at('areas', id)}/move`, { parent }),
  merge: (wish: Merge) => request<MergeResult>('POST', '/areas/merge', wish),
  seeds: () => request<SeedProvince[]>('GET', '/areas/seed'),
  importAreas: (source: { file: File } | { seed: string }, apply: boolean) =>
    request<ImportResult>('POST', '/areas/import', form({ ...source, apply: String(apply) })),
  days: (area: string) => request<SpecialDay[]>('GET', `${at('areas', area)}/days`),
  setDay: (area: string, day: string, name: string) =>
    request<SpecialDay[]>('PUT', `${at('areas', area)}/days/${day}`, { name }),
  dropDay: (area: string, day: string) =>
    request<void>('DELETE', `${at('areas', area)}/days/${day}`),

  settings: (station: string) =>
    request<StationSettings>('GET', `${at('stations', station)}/settings`),
  changeStation: (id: string, wish: StationChange) =>
    request<Station>('PUT', at('stations', id), wish),
  moveStation: (id: string, area: string) =>
    request<Station>('POST', `${at('stations', id)}/move`, { area }),

  people: () => request<Person[]>('GET', '/people'),
  person: (id: string) => request<Person>('GET', at('people', id)),
  addPerson: (wish: NewPerson) => request<NewAccount>('POST', '/people', wish),
  changePerson: (id: string, wish: PersonChange) => request<Person>('PUT', at('people', id), wish),
  newPassword: (id: string) => request<FreshPassword>('POST', `${at('people', id)}/password`),
  dropSecondFactor: (id: string) => request<void>('DELETE', `${at('people', id)}/second-factor`),

  changeAccount: (wish: AccountChange) => request<Account>('PUT', '/account', wish),
  beginSecondFactor: (password: string) =>
    request<SecondFactorOffer>('POST', '/account/second-factor', { password }),
  confirmSecondFactor: (code: string) =>
    request<RecoveryCodes>('PUT', '/account/second-factor', { code }),
  removeSecondFactor: (code: string) => request<void>('DELETE', '/account/second-factor', { code }),

  importCalendar: (file: File, audiences: string[], apply: boolean) =>
    request<ImportedEvent[]>(
      'POST',
      '/calendar',
      form({ file, audiences: audiences.join(','), apply: String(apply) }),
    ),
}

export const AREAS_FILE = `${PREFIX}/areas.csv`

/** The timetable of an area, or of all in reach, as a calendar file. */
export function calendarFile(area: string): string {
  return `${PREFIX}/calendar.ics${area ? `?area=${encodeURIComponent(area)}` : ''}`
}

function form(parts: Record<string, string | File>): FormData {
  const made = new FormData()
  for (const [name, value] of Object.entries(parts)) made.append(name, value)
  return made
}
