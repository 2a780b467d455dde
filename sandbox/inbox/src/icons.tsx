// Pictures beside words, never in place of them.

const PATHS = {
  SMS: 'M4 5.5A1.5 1.5 0 0 1 5.5 4h13A1.5 1.5 0 0 1 20 5.5v9a1.5 1.5 0 0 1-1.5 1.5H11l-4.5 4v-4h-1A1.5 1.5 0 0 1 4 14.5z',
  WHATSAPP: 'M12 3.5a8.3 8.3 0 0 0-7.2 12.5L3.5 20.5l4.6-1.3A8.3 8.3 0 1 0 12 3.5zM9 8.5c-.5 3 3.5 7 6.5 6.5l.7-1.7-2-1-1 1a5 5 0 0 1-2.5-2.5l1-1-1-2z',
  EMAIL: 'M3.5 6.5h17v11h-17zm0 .5 8.5 6 8.5-6',
  request: 'M5 8h13m-4-4 4 4-4 4M19 16H6m4 4-4-4 4-4',
  fault: 'M13 3 5 13.5h6L10 21l8-10.5h-6z',
  settings: 'M4 7h9m5 0h2M4 17h2m5 0h9M15.5 4.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zm-7 10a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  export: 'M12 3.5v11m-4-4 4 4 4-4M4.5 17v3h15v-3',
  reset: 'M5 12a7 7 0 1 0 2.3-5.2L5 9m0-5v5h5',
  help: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM9.5 9.7a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1.8-1.1 1.7m0 2.6v.2',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8V4.5h-11v11H8',
  back: 'M14 6l-6 6 6 6',
  search: 'M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12zM15 15l5 5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function channelIcon(channel: string | null): IconName {
  return channel === 'SMS' || channel === 'WHATSAPP' || channel === 'EMAIL' ? channel : 'request';
}
