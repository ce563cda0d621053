/**
 * Makes `Date` in this thread tell the cloud's time: real time plus the clock's offset. Only "now" is moved: parsing,
 * arithmetic, time zones, `instanceof` and what Node itself measures are as before.
 */
export function installShiftedDate(clockOffset: SharedArrayBuffer): void {
  const offset = new Float64Array(clockOffset);
  const RealDate = Date;
  const now = () => RealDate.now() + (offset[0] ?? 0);
  const ShiftedDate = new Proxy(RealDate, {
    construct: (target, parameters: unknown[], newTarget) => {
      const instance: unknown = Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, newTarget);
      return instance instanceof RealDate ? instance : new RealDate(Number.NaN);
    },
    apply: () => new RealDate(now()).toString(),
    get: (target, key): unknown => (key === 'now' ? now : Reflect.get(target, key)),
  });
  // Both names share one prototype, so that dates made by Node itself are instances too and lead back to this one.
  Object.defineProperty(RealDate.prototype, 'constructor', { value: ShiftedDate, writable: true, configurable: true });
  globalThis.Date = ShiftedDate;
}
