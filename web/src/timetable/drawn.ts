/** When the last timetable stood on the screen, for whoever measures. */
export const DRAWN = 'loa timetable drawn'

/** Marks the second frame after the call: the first may still be the one before. */
export function drawn(): () => void {
  let frame = requestAnimationFrame(() => {
    frame = requestAnimationFrame(() => {
      performance.clearMarks(DRAWN)
      performance.mark(DRAWN)
    })
  })
  return () => cancelAnimationFrame(frame)
}
