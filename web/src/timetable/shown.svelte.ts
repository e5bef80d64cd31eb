import type { View } from './range'
import type { RowKind } from './types'

const PHONE = '(width <= 640px)'

/** What of the timetable is shown; it outlives the screen, so that who looks elsewhere comes back to it. */
class Shown {
  view = $state<View>(isPhone() ? 'day' : 'week')
  day = $state('')
  rows = $state<RowKind>('stations')
  area = $state('')
  /** On a phone the list comes first. */
  shape = $state<'grid' | 'table'>(isPhone() ? 'table' : 'grid')
}

function isPhone(): boolean {
  return typeof matchMedia === 'function' && matchMedia(PHONE).matches
}

export const shown = new Shown()
