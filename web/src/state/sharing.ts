import type { Area } from '../api/types'
import { heldAt, topsOf } from './deeds'

/** Areas a person may hand something down to, those of one place under it, each with its depth. */
export interface Target {
  area: Area
  depth: number
}

const LIBRARIES = new Set<Area['kind']>(['country', 'province', 'district', 'commune'])

/** Down to communes: hamlets read the library of theirs. */
export function targets(areas: Area[], held = heldAt('write')): Target[] {
  const found: Target[] = []
  const add = (area: Area, depth: number): void => {
    found.push({ area, depth })
    for (const below of areas) {
      if (below.parent === area.id && LIBRARIES.has(below.kind)) add(below, depth + 1)
    }
  }
  for (const top of topsOf(held, areas)) if (LIBRARIES.has(top.kind)) add(top, 0)
  return found
}

/** Whether there is anybody below to hand something to. */
export function mayShare(areas: Area[], held = heldAt('write')): boolean {
  return targets(areas, held).some(({ depth }) => depth > 0)
}
