/**
 * A time of day as people type it: 17:30, 1730, 17h30, 5h, 5. Nothing when it is no time. Native
 * time fields speak AM and PM wherever the machine is set to English, and 05:00 PM instead of AM
 * would wake a village.
 */
export function timeTyped(text: string): string | undefined {
  const [, hours, minutes = '00'] =
    /^\s*(\d{1,2})\s*(?:[:.hg]\s*(\d{2})?)?\s*$/i.exec(text) ??
    /^\s*(\d{1,2})(\d{2})\s*$/.exec(text) ??
    []
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59) return undefined
  return `${hours.padStart(2, '0')}:${minutes}`
}
