import { describe, expect, test } from 'vitest'

import type { Area, Station } from '../api/types'
import { branchOf, chooseArea, chosenParts, reached, split, type Branch } from './audience'

const area = (id: string, parent: string | null, level: number) => ({ id, parent, level, name: id }) as Area
const station = (id: string, home: string) => ({ id, area: home, name: id }) as Station

const AREAS = [
  area('province', null, 1),
  area('commune', 'province', 2),
  area('hamlet', 'commune', 3),
  area('other', 'province', 2),
  area('empty', 'province', 2),
]
const STATIONS = [station('one', 'commune'), station('two', 'hamlet'), station('three', 'other')]
const ROOT = branchOf('province', AREAS, STATIONS) as Branch

describe('the tree', () => {
  test('leaves out areas without stations', () => {
    expect(ROOT.branches.map((branch) => branch.area.id)).toEqual(['commune', 'other'])
  })

  test('shows a hamlet with one station as that station', () => {
    expect(ROOT.branches[0]?.stations.map((each) => each.id)).toEqual(['one', 'two'])
  })
})

describe('choosing', () => {
  test('an area reaches every station in it', () => {
    expect(reached(ROOT, new Set(['a-commune'])).sort()).toEqual(['one', 'two'])
  })

  test('an area takes the place of its parts', () => {
    expect([...chooseArea(ROOT, new Set(['s-one', 'a-other']))]).toEqual(['a-province'])
  })

  test('turning one station off keeps its neighbours', () => {
    const left = split(ROOT, new Set(['a-province']), 's-two')

    expect([...left].sort()).toEqual(['a-other', 's-one'])
    expect(reached(ROOT, left).sort()).toEqual(['one', 'three'])
  })

  test('names whole areas before single stations', () => {
    const parts = chosenParts(ROOT, new Set(['s-one', 'a-other']))

    expect(parts.areas.map((branch) => branch.area.id)).toEqual(['other'])
    expect(parts.stations.map((each) => each.id)).toEqual(['one'])
  })
})
