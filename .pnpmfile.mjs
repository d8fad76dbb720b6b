/**
 * openapi-typescript writes types through the compiler's JavaScript API, which TypeScript 7 no longer has, and asks for a
 * compiler as a peer. It gets one of its own, so that the workspace's stays the only one beside it.
 * @param {{ name: string, dependencies: Record<string, string>, peerDependencies: Record<string, string> }} manifest
 */
function readPackage(manifest) {
  if (manifest.name === 'openapi-typescript') {
    delete manifest.peerDependencies.typescript
    manifest.dependencies.typescript = '6.0.3'
  }
  return manifest
}

export const hooks = { readPackage }
