import { describe, expect, test } from 'vitest'

import { carried, hasMoved, press, stretched, take, type Hold } from './hold'

const HOLD = take(7, 5 * 60 + 30, 15)

function keys(hold: Hold, ...pressed: string[]) {
  return pressed.reduce<ReturnType<typeof press>>(
    (done, key) => {
      if (done.kind !== 'held') return done
      return key.startsWith('^') ? press(done.hold, key.slice(1), true) : press(done.hold, key, false)
    },
    { kind: 'held', hold },
  )
}

describe('an event held by keyboard', () => {
  test('moves by five minutes and by days', () => {
    expect(keys(HOLD, 'ArrowRight', 'ArrowRight', 'ArrowLeft')).toMatchObject({ hold: { newStart: 335 } })
    expect(keys(HOLD, 'ArrowDown')).toMatchObject({ hold: { newStart: 330 + 1440 } })
    expect(keys(HOLD, 'ArrowUp', 'PageDown')).toMatchObject({ hold: { newStart: 330 - 1440 + 60 } })
  })

  test('comes to whole five minutes from an odd time', () => {
    expect(keys(take(1, 333, 15), 'ArrowRight')).toMatchObject({ hold: { newStart: 335 } })
    expect(keys(take(1, 333, 15), 'ArrowLeft')).toMatchObject({ hold: { newStart: 330 } })
  })

  test('is stretched with Shift and never to nothing', () => {
    expect(keys(HOLD, '^ArrowRight')).toMatchObject({ hold: { newSlot: 20, newStart: 330 } })
    expect(keys(HOLD, '^ArrowLeft', '^ArrowLeft', '^ArrowLeft', '^ArrowLeft')).toMatchObject({ hold: { newSlot: 5 } })
  })

  test('is put down by Enter, and left by Escape wherever it went', () => {
    expect(keys(HOLD, 'ArrowRight', 'Enter')).toMatchObject({ kind: 'dropped', hold: { event: 7, newStart: 335 } })
    expect(keys(HOLD, 'ArrowRight', 'Escape')).toEqual({ kind: 'left' })
  })

  test('put down where it was taken asks for nothing', () => {
    expect(keys(HOLD, 'ArrowRight', 'ArrowLeft', 'Enter')).toEqual({ kind: 'left' })
    expect(hasMoved(HOLD)).toBe(false)
  })

  test('does nothing on other keys', () => {
    expect(press(HOLD, 'x', false)).toEqual({ kind: 'nothing' })
  })
})

describe('an event held by hand', () => {
  test('lands on whole five minutes', () => {
    expect(carried(HOLD, 12).newStart).toBe(340)
    expect(carried(HOLD, -13).newStart).toBe(315)
    expect(carried(take(1, 333, 15), 0).newStart).toBe(333)
  })

  test('is stretched in fives and within a day’s half', () => {
    expect(stretched(HOLD, 7).newSlot).toBe(20)
    expect(stretched(HOLD, -100).newSlot).toBe(5)
    expect(stretched(HOLD, 5000).newSlot).toBe(720)
  })
})
