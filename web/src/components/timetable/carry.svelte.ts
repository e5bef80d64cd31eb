import { carried, hasMoved, stretched, type Hold } from '../../timetable/hold'

const LONG_PRESS_MS = 450
const MOUSE_SLACK_PX = 4
const FINGER_SLACK_PX = 10
const EDGE_PX = 48
const EDGE_STEP_PX = 18

export interface Ground {
  scroller: () => HTMLElement | undefined
  perMinute: () => number
  /** Takes hold of an event, or nothing where it is not ours to move. */
  take: (event: number) => Hold | undefined
  ontaken: () => void
  ondropped: (hold: Hold) => void
  onleft: () => void
}

interface Grasp {
  id: number
  x: number
  y: number
  scrolled: number
  event: number
  stretching: boolean
  finger: boolean
}

/** Carries an event by mouse, pen or finger; a finger must rest first, so that it can still scroll. */
export class Carry {
  hold = $state.raw<Hold>()
  /** The click that ends a carry chooses nothing. */
  justDropped = false
  private grasp: Grasp | undefined
  private first: Hold | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ground: Ground) {}

  get dragging(): boolean {
    return this.first !== undefined
  }

  down(pointer: PointerEvent): void {
    this.justDropped = false
    const target = pointer.target as Element
    const mark = target.closest<HTMLElement>('[data-event]')
    if (!mark || pointer.button !== 0 || this.dragging) return
    const finger = pointer.pointerType === 'touch'
    this.grasp = {
      id: pointer.pointerId,
      x: pointer.clientX,
      y: pointer.clientY,
      scrolled: this.ground.scroller()?.scrollLeft ?? 0,
      event: Number(mark.dataset['event']),
      stretching: target.closest('[data-grip]') !== null,
      finger,
    }
    clearTimeout(this.timer)
    if (finger) this.timer = setTimeout(() => this.begin(), LONG_PRESS_MS)
  }

  move(pointer: PointerEvent): void {
    const grasp = this.grasp
    if (!grasp || pointer.pointerId !== grasp.id) return
    const way = Math.hypot(pointer.clientX - grasp.x, pointer.clientY - grasp.y)
    if (!this.first) {
      if (grasp.finger && way > FINGER_SLACK_PX) this.forget()
      if (grasp.finger || way < MOUSE_SLACK_PX) return
      this.begin()
    }
    this.scrollAtEdge(pointer.clientX)
    this.carry(pointer.clientX)
  }

  up(pointer: PointerEvent): void {
    if (pointer.pointerId !== this.grasp?.id) return
    const hold = this.dragging ? this.hold : undefined
    this.forget()
    if (!hold) return
    this.justDropped = true
    if (hasMoved(hold)) this.ground.ondropped(hold)
    else this.ground.onleft()
  }

  cancel(): void {
    const dragging = this.dragging
    this.forget()
    if (!dragging) return
    this.justDropped = true
    this.ground.onleft()
  }

  /** A finger that carries must not scroll; listeners made by the framework may not say so. */
  keepStill = (scroller: HTMLElement) => {
    const still = (event: Event) => {
      if (this.dragging) event.preventDefault()
    }
    scroller.addEventListener('touchmove', still, { passive: false })
    scroller.addEventListener('contextmenu', still)
    return () => {
      scroller.removeEventListener('touchmove', still)
      scroller.removeEventListener('contextmenu', still)
    }
  }

  private begin(): void {
    const grasp = this.grasp
    const hold = grasp && this.ground.take(grasp.event)
    if (!hold) {
      this.forget()
      return
    }
    this.first = hold
    this.hold = hold
    this.ground.scroller()?.setPointerCapture(grasp.id)
    this.ground.ontaken()
  }

  private carry(x: number): void {
    if (!this.grasp || !this.first) return
    const scrolled = (this.ground.scroller()?.scrollLeft ?? 0) - this.grasp.scrolled
    const minutes = (x - this.grasp.x + scrolled) / this.ground.perMinute()
    this.hold = this.grasp.stretching ? stretched(this.first, minutes) : carried(this.first, minutes)
  }

  private scrollAtEdge(x: number): void {
    const scroller = this.ground.scroller()
    if (!scroller) return
    const { left, right } = scroller.getBoundingClientRect()
    if (x > right - EDGE_PX) scroller.scrollLeft += EDGE_STEP_PX
    if (x < left + EDGE_PX) scroller.scrollLeft -= EDGE_STEP_PX
  }

  private forget(): void {
    clearTimeout(this.timer)
    this.grasp = undefined
    this.first = undefined
    this.hold = undefined
  }
}
