/** The zone of the area worked in; every time on screen is told in it. */
let zone = $state('Asia/Ho_Chi_Minh')

export function currentZone(): string {
  return zone
}

export function useZone(wanted: string): void {
  zone = wanted
}
