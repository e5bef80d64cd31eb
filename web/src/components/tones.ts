import type { Broadcast, Bulletin, Play, Station } from '../api/types'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'ember' | 'leaf'

export const bulletinTone: Record<Bulletin['status'], Tone> = {
  preparing: 'warn',
  ready: 'good',
  rejected: 'bad',
}
export const broadcastTone: Record<Broadcast['status'], Tone> = {
  scheduled: 'leaf',
  on_air: 'ember',
  finished: 'plain',
  stopped: 'plain',
  waiting: 'warn',
  refused: 'bad',
}
export const stationTone: Record<Station['status'], Tone> = {
  online: 'good',
  offline: 'bad',
  lost: 'bad',
  never: 'plain',
}
export const outcomeTone: Record<Play['outcome'], Tone> = {
  playing: 'ember',
  played: 'good',
  partly: 'warn',
  missed: 'bad',
}
