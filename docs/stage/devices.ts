import type { DeviceSessionView } from '@coatcheck/protocol';

/** The person's sessions on other devices, and the one at hand. */
export function createDevices(now: () => number) {
  const ago = (minutes: number) => new Date(now() - minutes * 60_000).toISOString();
  let others: DeviceSessionView[] = [
    { id: 'd-17', device: 'Safari on iPhone', createdAt: ago(3_000), lastSeenAt: ago(42), current: false },
    {
      id: 'd-23',
      device: 'Firefox on Windows',
      createdAt: ago(9_000),
      lastSeenAt: ago(1_500),
      current: false,
    },
  ];
  return {
    list(createdAt: number): DeviceSessionView[] {
      const here = { id: 'd-42', device: 'This browser', lastSeenAt: ago(0), current: true };
      return [{ ...here, createdAt: new Date(createdAt).toISOString() }, ...others];
    },
    /** @returns how many were ended */
    end(which: (id: string) => boolean): number {
      const left = others.filter(({ id }) => !which(id));
      const ended = others.length - left.length;
      others = left;
      return ended;
    },
  };
}
