/** Strokes of the pictures, on a 24-unit square. */
export const icons = {
  home: 'M4 11.5 12 5l8 6.5V20h-5.5v-5h-5v5H4z',
  bulletin: 'M6 3.5h9l4 4V20.5H6zM14.5 3.5V8H19M9 12h7M9 16h5',
  horn: 'M4 10v4l3 .5L8.5 19h3L10.5 14.9 19 18V6L8 10zM21.5 10.5v3',
  station: 'M12 12v9M8.5 8.5a5 5 0 0 1 7 0M5.5 5.5a9.2 9.2 0 0 1 13 0M9 21h6',
  log: 'M5 6h.01M9 6h10M5 12h.01M9 12h10M5 18h.01M9 18h10',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.7 3.7-5.5 7.5-5.5s6.7 1.8 7.5 5.5',
  play: 'M8 5.5v13l10.5-6.5z',
  pause: 'M9 6v12M15 6v12',
  stop: 'M7 7h10v10H7z',
  microphone: 'M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zM6 11.5a6 6 0 0 0 12 0M12 17.5V21M9 21h6',
  upload: 'M12 15.5V4.5M7.5 9 12 4.5 16.5 9M4.5 15v4.5h15V15',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6 6 18',
  bin: 'M5 7h14M10 7V4.5h4V7M7 7l.8 13h8.4L17 7M10.5 11v5.5M13.5 11v5.5',
  check: 'M5 12.5 10 17.5 19.5 7',
  warning: 'M12 4 21 19.5H3zM12 10v4M12 17h.01',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.5V12l3 2',
  next: 'M9.5 5.5 16 12l-6.5 6.5',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  offline: 'M4 4l16 16M5.5 9.5c1-.9 2-1.6 3.2-2M12.5 7c2.3.1 4.4 1 6 2.5M8.5 13c.6-.6 1.4-1 2.2-1.3M12 17.5h.01',
  copy: 'M9 9h10.5v10.5H9zM5.5 15H4.5V4.5H15v1',
  download: 'M12 4.5v11M7.5 11 12 15.5 16.5 11M4.5 19.5h15',
} as const

export type IconName = keyof typeof icons
