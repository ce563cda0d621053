/** PCI DSS lets nobody keep a security code after authorization; ours lives until then, and no longer than this. */
export const cvcLifetimeSeconds = 15 * 60;
