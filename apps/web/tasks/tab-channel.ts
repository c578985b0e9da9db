export type TabChannel = ReturnType<typeof createTabChannel>;

/** Tells the user's other tabs in this browser that tasks have changed, and hears it from them. */
export function createTabChannel(userId: string, onChange: () => void) {
  const channel = new BroadcastChannel(`sallyport.tasks.${userId}`);
  channel.onmessage = onChange;
  return {
    tell: () => channel.postMessage("changed"),
    close: () => channel.close(),
  };
}
