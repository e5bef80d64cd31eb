import { request } from './client'
import type {
  Area,
  AreaPrecedence,
  Broadcast,
  Bulletin,
  Claim,
  NewProgramme,
  NewShare,
  Order,
  PlaceRequest,
  Play,
  Preview,
  Programme,
  ProgrammeChange,
  ProgressRow,
  Session,
  Share,
  ShareReply,
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

  preview: (id: string) => request<Preview>('GET', `${at('broadcasts', id)}/preview`),
  approvals: () => request<Broadcast[]>('GET', '/approvals'),
  approve: (id: string, code?: string) =>
    request<Broadcast>('POST', `${at('broadcasts', id)}/approve`, code ? { code } : {}),
  refuse: (id: string, note: string) =>
    request<Broadcast>('POST', `${at('broadcasts', id)}/refuse`, { note }),
  precedence: (area: string) => request<AreaPrecedence>('GET', `${at('areas', area)}/order`),
  decidePrecedence: (area: string, broadcasts: string[]) =>
    request<AreaPrecedence>('PUT', `${at('areas', area)}/order`, { broadcasts }),

  programmes: () => request<Programme[]>('GET', '/programmes'),
  programme: (id: string) => request<Programme>('GET', at('programmes', id)),
  addProgramme: (wish: NewProgramme) => request<Programme>('POST', '/programmes', wish),
  changeProgramme: (id: string, wish: ProgrammeChange) =>
    request<Programme>('PUT', at('programmes', id), wish),
  deleteProgramme: (id: string) => request<void>('DELETE', at('programmes', id)),

  shares: () => request<Share[]>('GET', '/shares'),
  share: (wish: NewShare) => request<Share>('POST', '/shares', wish),
  withdrawShare: (id: string) => request<void>('DELETE', at('shares', id)),
  requests: () => request<PlaceRequest[]>('GET', '/requests'),
  answerShare: (id: string, reply: ShareReply) =>
    request<void>('POST', `${at('shares', id)}/answer`, reply),

  plays: (limit: number) => request<Play[]>('GET', `/plays?limit=${limit}`),
}

export const audioOf = (bulletin: string) => `/api/v1${at('bulletins', bulletin)}/audio`
