/** A flag of Node's that puts a process's wall clock ahead, as on a host whose clock is wrong. */
export function aheadBy(milliseconds: number): string {
  return `--import=data:text/javascript,${encodeURIComponent(script(milliseconds))}`
}

const script = (milliseconds: number) => `
const Real = Date
globalThis.Date = class Date extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(Real.now() + ${milliseconds})
    else super(...parts)
  }
  static now() {
    return Real.now() + ${milliseconds}
  }
}`
