import { api } from '../api'
import type { Area, Broadcast, Bulletin, Play, Programme, Station } from '../api/types'
import { plans } from '../timetable/api'
import type { Coming } from '../timetable/types'
import { exactNow } from './clock.svelte'
import { resource, type Resource } from './resource.svelte'
import { useZone } from './zone.svelte'

/** How much of the play log the log itself shows. */
export const PLAYS_IN_LOG = 500
const PLAYS_OF_LATE = 100
const DAY_MS = 24 * 3600 * 1000

export const stationList = (): Resource<Station[]> =>
  resource('stations', api.stations, ['stations'])

export const bulletinList = (): Resource<Bulletin[]> =>
  resource('bulletins', api.bulletins, ['bulletins'])

export const programmeList = (): Resource<Programme[]> =>
  resource('programmes', api.programmes, ['programmes', 'bulletins'])

export const broadcastList = (): Resource<Broadcast[]> =>
  resource('broadcasts', api.broadcasts, ['broadcasts', 'plays'])

/** The latest plays, for glances. */
export const latePlayList = (): Resource<Play[]> =>
  resource('late plays', () => api.plays(PLAYS_OF_LATE), ['plays'])

export const playList = (): Resource<Play[]> =>
  resource('plays', () => api.plays(PLAYS_IN_LOG), ['plays'])

/** What will sound in the coming day, by the timetable itself. */
export const comingList = (): Resource<Coming[]> =>
  resource(
    'coming',
    () => plans.coming(exactNow(), new Date(exactNow().getTime() + DAY_MS), ''),
    ['broadcasts', 'areas', 'stations'],
  )

/** Areas hardly ever change; they also say which zone the clocks on the walls are set to. */
export const areaList = (): Resource<Area[]> =>
  resource(
    'areas',
    async () => {
      const areas = await api.areas()
      const zone = areas.at(-1)?.zone
      if (zone) useZone(zone)
      return areas
    },
    ['stations', 'areas'],
  )
