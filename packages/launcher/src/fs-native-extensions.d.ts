declare module 'fs-native-extensions' {
  /**
   * Locks an open file unless another holds it, and returns whether it did. The lock belongs to the open file: processes
   * that inherit the descriptor hold it as well, and the kernel releases it when the last of them has closed it or ended.
   */
  export function tryLock(descriptor: number, options?: { shared?: boolean }): boolean
}
