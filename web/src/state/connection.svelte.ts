let lost = $state(false)

/** Whether the last request found no server. */
export function isLost(): boolean {
  return lost
}

export function heardFromServer(): void {
  lost = false
}

export function lostServer(): void {
  lost = true
}
