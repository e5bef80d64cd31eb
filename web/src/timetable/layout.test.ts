import { describe, expect, test } from 'vitest'

import { laidOut, SCALE } from './sample'

const at = (minutes: number, length = 15, day = 0) => ({ day, minutes, length })
const lanes = (spans: ReturnType<typeof at>[]) => laidOut(spans).days[0]?.map((mark) => [mark.event, mark.lane])

describe('marks of a line', () => {
  test('stand in one lane while they leave each other room', () => {
    expect(lanes([at(300), at(400), at(500)])).toEqual([[0, 0], [1, 0], [2, 0]])
  })

  test('that would cover each other stand one below the other', () => {
    expect(lanes([at(300), at(350), at(399)])).toEqual([[0, 0], [1, 1], [2, 2]])
    expect(laidOut([at(300), at(350)]).lanes).toBe(2)
  })

  test('take the first lane that is free again', () => {
    expect(lanes([at(300, 300), at(320), at(450)])).toEqual([[0, 0], [1, 1], [2, 1]])
  })

  test('are laid in order of time whatever the order they come in', () => {
    expect(lanes([at(500), at(300)])).toEqual([[1, 0], [0, 0]])
  })

  test('are never narrower than their time, and say how long they truly are', () => {
    const [mark] = laidOut([at(300, 5)]).days[0] ?? []

    expect(mark).toMatchObject({ left: 300, width: 100, trueWidth: 5 })
  })

  test('grow for their title where nothing follows, and stop at what does', () => {
    const wide = { ...SCALE, mostPx: 400 }

    expect(laidOut([at(300), at(450)], wide).days[0]?.map((mark) => mark.width)).toEqual([150, 400])
  })

  test('at the right edge shrink instead of making the grid wider', () => {
    const [mark] = laidOut([at(1430, 30)]).days[0] ?? []

    expect(mark).toMatchObject({ left: 1392, width: 48 })
  })

  test('of the evening keep the next morning out of their lane', () => {
    const laid = laidOut([at(1400), at(10, 15, 1)], SCALE, 2)

    expect(laid.days[1]?.[0]?.lane).toBe(1)
  })

  test('outside the days shown are left out', () => {
    expect(laidOut([at(300, 15, -1), at(300, 15, 5)]).days).toEqual([[]])
  })
})
