import { request } from './client'
import type {
  Area,
  Broadcast,
  Bulletin,
  Claim,
  Order,
  Play,
  Preview,
  ProgressRow,
  Session,
  Station,
} from './types'

const at = (kind: string, id: string) => `/${kind}/${encodeURIComponent(id)}`

/** Everything the screens ask of the server. */
export const api = {
  session: () => request<Session>('GET', '/session'),
  signOut: () => request<void>('DELETE', '/session'),
  changePassword: (current: string, fresh: string) =>
    request<void>('PUT', '/account/password', { current, fresh }),

  areas: () => request<Area[]>('GET', '/areas'),

  stations: () => request<Station[]>('GET', '/stations'),
  station: (id: string) => request<Station>('GET', at('stations', id)),
  addStation: (name: string, area: string) => request<Station>('POST', '/stations', { name, area }),
  claim: (station: string) => request<Claim>('POST', `${at('stations', station)}/claim`),

  bulletins: () => request<Bulletin[]>('GET', '/bulletins'),
  bulletin: (id: string) => request<Bulletin>('GET', at('bulletins', id)),
  deleteBulletin: (id: string) => request<void>('DELETE', at('bulletins', id)),

  broadcasts: () => request<Broadcast[]>('GET', '/broadcasts'),
  broadcast: (id: string) => request<Broadcast>('GET', at('broadcasts', id)),
  progress: (id: string) => request<ProgressRow[]>('GET', `${at('broadcasts', id)}/progress`),
  previewOrder: (order: Order) => request<Preview>('POST', '/broadcasts/preview', order),
  send: (order: Order) => request<Broadcast>('POST', '/broadcasts', order),
  stop: (id: string) => request<void>('POST', `${at('broadcasts', id)}/stop`),

  plays: (limit: number) => request<Play[]>('GET', `/plays?limit=${limit}`),
}

export const audioOf = (bulletin: string) => `/api/v1${at('bulletins', bulletin)}/audio`
